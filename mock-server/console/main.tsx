import { render } from 'preact';
import { App } from './app.tsx';
import { connect } from './live.ts';
import { applyTokens } from './style/apply-tokens.ts';
import './style/index.css';

applyTokens();

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
void connect();
