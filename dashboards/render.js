// Renders the pages again from a bundle that is there already: what SvelteKit does after bundling, without bundling.
// It runs in the bundle's folder (see package.json), on the data that `npm run sources` left beside it.
import { cpSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import prerender from './node_modules/@sveltejs/kit/src/core/postbuild/prerender.js';

const out = resolve('.svelte-kit/output');
const manifest_path = `${out}/server/manifest-full.js`;
const { manifest } = await import(pathToFileURL(manifest_path).href);
// What +layout.js says of every page
const routes = new Map(manifest._.routes.map(({ id }) => [id, { prerender: 'auto' }]));

rmSync(`${out}/prerendered`, { recursive: true, force: true });
await prerender({ out, manifest_path, metadata: { routes }, verbose: false, env: {} });
for (const part of ['client', 'prerendered/pages']) {
	cpSync(`${out}/${part}`, process.env.EVIDENCE_BUILD_DIR, { recursive: true });
}
process.exit(0);
