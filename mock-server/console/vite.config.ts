import { defineConfig } from 'vite';

/** The page is built with the package. Serving it does not need Vite. */
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
