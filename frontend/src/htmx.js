// htmx as published. Only attributes that need no evaluation are used on the pages (no hx-on, no js: values, no
// trigger filters); base.html switches off the indicator style through its <meta name="htmx-config">.
import "htmx.org";
