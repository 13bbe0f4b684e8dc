"""HTTP and HTML: parse, call one use case, shape the answer."""
