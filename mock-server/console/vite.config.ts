import { defineConfig } from 'vite';

/** The page is built once, with the package; nothing of this is needed to serve it. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsDir: '',
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: 'console.js', assetFileNames: 'console.[ext]', chunkFileNames: '[name].js' },
    },
  },
});
