import { describe, expect, it } from 'vitest';
import { html, trusted, xml } from './markup.ts';

describe('html', () => {
  it('escapes inserted values in text and in attributes', () => {
    const text = `<b>"&'`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      '<p title="&lt;b&gt;&quot;&amp;&#39;">&lt;b&gt;&quot;&amp;&#39;</p>',
    );
  });

  it('inserts its own markup unchanged, joins lists, and omits null', () => {
    expect(html`<ul>${['a<', 2, null].map((part) => html`<li>${part}</li>`)}</ul>${null}`.markup).toBe(
      '<ul><li>a&lt;</li><li>2</li><li></li></ul>',
    );
    expect(html`${trusted('<br>')}`.markup).toBe('<br>');
  });

  it('shows control characters in escaped form', () => {
    expect(html`${'\u0000\u001b'}`.markup).toBe('\\x00\\x1b');
  });
});

describe('xml', () => {
  it('removes what XML 1.0 forbids even when escaped', () => {
    expect(xml`${'a\u0000\u0008\u000b\u001b\ufffe\uffff\ud800b\u{1f3ac}'}`.markup).toBe('ab\u{1f3ac}');
  });

  it('keeps line ends through attribute normalization', () => {
    expect(xml`<a b="${'1\n2\t3\r'}"/>`.markup).toBe('<a b="1&#10;2&#9;3&#13;"/>');
  });

  it('contains no end of a CDATA section', () => {
    expect(xml`${']]>'}`.markup).toBe(']]&gt;');
  });
});
