// Builds what the browser gets into app/web/static/build/. Run from anywhere with Node 20 or later:
//   node frontend/build.mjs
// The pages send `default-src 'none'`, so everything here is a file of our own origin: no inline style, no inline
// script, no data: address. Equal input gives byte-equal output.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "app", "web", "static", "build");
const entries = {
  "app.css": "src/app.css",
  "viewer.css": "src/viewer.css",
  "app.js": "src/app.js",
  "htmx.js": "src/htmx.js",
  "viewer.js": "src/viewer/index.js",
};
const copies = ["favicon.svg"];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const shipped = await bundle();
for (const name of Object.keys(entries).filter((entry) => entry.endsWith(".css"))) {
  await moveDataImagesToFiles(join(out, name));
}
for (const name of copies) {
  await cp(join(here, "src", name), join(out, name));
}
await writeFile(join(out, "licenses.txt"), await collectLicenses(shipped));
await writeFile(join(out, "manifest.json"), await describeOutput());

// Bundles every entry and returns the names of the npm packages whose code or files ended up in the output.
async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: Object.entries(entries).map(([name, file]) => ({ in: file, out: name.replace(/\.\w+$/u, "") })),
    outdir: out,
    assetNames: "fonts/[name]",
    loader: { ".woff2": "file" },
    bundle: true,
    format: "iife",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    target: ["es2022", "chrome120", "firefox121", "safari17"],
    metafile: true,
    logLevel: "warning",
  });
  const names = Object.keys(result.metafile.inputs)
    .map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(file)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort();
}

// The style sheets of others carry their icons as data: images, which `img-src 'self'` refuses. Each becomes a file
// named by its content.
async function moveDataImagesToFiles(file) {
  const css = await readFile(file, "utf8");
  const icons = new Map();
  const moved = css.replace(
    /url\((["']?)data:image\/svg\+xml(?:;charset=utf-8|;utf8)?,(.*?)\1\)/gu,
    (_whole, quote, body) => {
      const svg = quote ? decodeURIComponent(body.replace(/\\(.)/gu, "$1")) : decodeURIComponent(body);
      const name = `icons/${digest(svg).slice(0, 10)}.svg`;
      icons.set(name, svg);
      return `url("./${name}")`;
    },
  );
  if (moved.includes("url(data:") || moved.includes('url("data:') || moved.includes("url('data:")) {
    throw new Error(`${file} still holds a data: address, which the content security policy refuses`);
  }
  await mkdir(join(out, "icons"), { recursive: true });
  for (const [name, svg] of icons) {
    await writeFile(join(out, name), svg);
  }
  await writeFile(file, moved);
}

// The licences of what we ship ask that their text travels with the code.
async function collectLicenses(packages) {
  const parts = [];
  for (const name of packages) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/iu.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(72)}\n\n`);
}

// {"app.css": "3f0c…"}: the server adds the value as ?v=, so that a browser may keep a file for ever.
async function describeOutput() {
  const found = await readdir(out, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const digests = {};
  for (const name of files) {
    digests[name] = digest(await readFile(join(out, name))).slice(0, 12);
  }
  return `${JSON.stringify(digests, null, 2)}\n`;
}

function digest(content) {
  return createHash("sha256").update(content).digest("hex");
}
