// Bundles the editor, and names the licence of each package that is in the bundle. Run by scripts/frontend.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const target = process.argv[2];
// Markdown may hold HTML, CSS and scripts, which the package would colour with three more parsers, 240 kB of them:
// letters are coloured as Markdown alone.
const plainHtml = {
  name: "plain-html",
  setup(builder) {
    builder.onResolve({ filter: /^@codemirror\/lang-html$/ }, () => ({ path: "html", namespace: "plain" }));
    builder.onLoad({ filter: /.*/, namespace: "plain" }, () => ({
      contents: "export const html = () => ({ language: { parser: null }, support: [] }); export const htmlCompletionSource = () => null;",
    }));
  },
};
// A test compares this with the sources: what is committed as built is what they build.
const sources = ["markdown-editor.js", "template-editor.js", "build.mjs", "package-lock.json"];
const digest = createHash("sha256").update(sources.map((file) => readFileSync(file, "utf8")).join("")).digest("hex");
const result = await build({
  entryPoints: ["markdown-editor.js"],
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["es2022"],
  legalComments: "none",
  metafile: true,
  outfile: `${target}/markdown-editor.js`,
  plugins: [plainHtml],
  banner: {
    js: `/* CodeMirror and Lezer, MIT: see markdown-editor.licences.txt. Built by scripts/frontend from frontend/ (${digest}). */`,
  },
});
const names = new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter(Boolean),
);
const texts = [...names].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  if (license !== "MIT") throw new Error(`${name} is not under the MIT licence, but ${license}.`);
  return `${name} ${version} (${license})\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(`${target}/markdown-editor.licences.txt`, texts.join(`\n${"-".repeat(80)}\n\n`));
console.log(`${[...names].length} packages, ${Math.round(result.metafile.outputs[Object.keys(result.metafile.outputs)[0]].bytes / 1000)} kB`);
