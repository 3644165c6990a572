import type { LookupAddress, lookup as systemLookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { BlockedError, createEgressGuard } from './egress-guard.ts';

/** Returns the result of a check in one word: `allowed` or the rule. */
function outcomeOf(url: string, allow: readonly string[] = []): string {
  const verdict = createEgressGuard({ allow }).checkUrl(url);
  return verdict.type === 'allowed' ? 'allowed' : verdict.rule;
}

const NOTHING_ALLOWED: readonly (readonly [url: string, outcome: string, why: string])[] = [
  ['http://127.0.0.1:3000/callback', 'allowed', 'loopback'],
  ['http://127.255.255.254/', 'allowed', 'all of 127/8 is loopback'],
  ['https://127.0.0.1/', 'allowed', 'https'],
  ['http://127.0.0.1:6000/', 'allowed', "ports on the Fetch standard's block list are allowed"],
  ['http://[::1]:8080/', 'allowed', 'IPv6 loopback'],
  ['http://[0:0:0:0:0:0:0:1]/', 'allowed', 'IPv6 loopback, written out'],
  ['http://localhost:3000/', 'allowed', 'loopback by name'],
  ['http://localhost./', 'allowed', 'loopback by name with the root dot'],
  ['http://app.localhost/', 'allowed', 'a name under localhost'],
  ['http://my-host.lan/', 'allowed', 'names are checked when they are resolved'],
  ['http://public.example/', 'allowed', 'names are checked when they are resolved, including public ones'],
  ['http://10.0.0.1/', 'allowed', 'private'],
  ['http://10.255.255.255/', 'allowed', 'the end of 10/8'],
  ['http://172.16.0.1/', 'allowed', 'private'],
  ['http://172.31.255.255/', 'allowed', 'the end of 172.16/12'],
  ['http://192.168.1.20/', 'allowed', 'private'],
  ['http://[fc00::1]/', 'allowed', 'unique local'],
  ['http://[fdff:ffff::1]/', 'allowed', 'the end of fc00::/7'],

  ['http://2130706433/', 'allowed', '127.0.0.1 as one decimal number'],
  ['http://0x7f000001/', 'allowed', '127.0.0.1 as one hexadecimal number'],
  ['http://017700000001/', 'allowed', '127.0.0.1 as one octal number'],
  ['http://0177.0.0.01/', 'allowed', '127.0.0.1 with octal parts'],
  ['http://127.1/', 'allowed', '127.0.0.1 shortened'],
  ['http://127.0.0.1./', 'allowed', '127.0.0.1 with the root dot'],
  ['http://１２７.０.０.１/', 'allowed', '127.0.0.1 in full-width digits'],
  ['http://0x8.0x8.0x8.0x8/', 'not-allowed', '8.8.8.8 with hexadecimal parts'],
  ['http://134744072/', 'not-allowed', '8.8.8.8 as one decimal number'],
  ['http://8.8.2056/', 'not-allowed', '8.8.8.8 shortened'],
  ['http://8.8.8.8./', 'not-allowed', '8.8.8.8 with the root dot'],
  ['http://2852039166/', 'metadata', '169.254.169.254 as one decimal number'],
  ['http://0xa9fea9fe/', 'metadata', '169.254.169.254 as one hexadecimal number'],
  ['http://0251.0376.0251.0376/', 'metadata', '169.254.169.254 with octal parts'],
  ['http://169.254.43518/', 'metadata', '169.254.169.254 shortened'],
  ['http://169.254.169.254./', 'metadata', '169.254.169.254 with the root dot'],
  ['http://169。254。169。254/', 'metadata', '169.254.169.254 with ideographic dots'],

  ['http://8.8.8.8/', 'not-allowed', 'public'],
  ['http://9.255.255.255/', 'not-allowed', 'just before 10/8'],
  ['http://11.0.0.0/', 'not-allowed', 'just after 10/8'],
  ['http://126.255.255.255/', 'not-allowed', 'just before 127/8'],
  ['http://128.0.0.0/', 'not-allowed', 'just after 127/8'],
  ['http://172.15.255.255/', 'not-allowed', 'just before 172.16/12'],
  ['http://172.32.0.0/', 'not-allowed', 'just after 172.16/12'],
  ['http://192.167.255.255/', 'not-allowed', 'just before 192.168/16'],
  ['http://192.169.0.0/', 'not-allowed', 'just after 192.168/16'],
  [
    'http://100.64.0.1/',
    'not-allowed',
    'shared address space (carriers, Tailscale) is not allowed by default',
  ],
  ['http://[2606:4700::1111]/', 'not-allowed', 'public IPv6'],

  ['http://169.254.169.254/latest/meta-data/', 'metadata', 'Amazon and most others'],
  ['http://[fd00:ec2::254]/', 'metadata', 'Amazon, though unique local'],
  ['http://[fd00:ec2::23]/', 'metadata', 'Amazon pod identity'],
  ['http://100.100.100.200/', 'metadata', 'Alibaba'],
  ['http://168.63.129.16/', 'metadata', 'Azure'],
  ['http://192.0.0.192/', 'metadata', 'Oracle'],
  ['http://[fd20:ce::254]/', 'metadata', 'Google'],
  ['http://[fd00:c1::a9fe:a9fe]/', 'metadata', 'Oracle'],
  ['http://[fd00:42::42]/', 'metadata', 'Scaleway'],
  ['http://[fd00:a9fe:a9fe::1]/', 'metadata', 'Akamai'],
  ['http://[fd00:100::100:200]/', 'metadata', 'Alibaba'],
  ['http://metadata.google.internal/computeMetadata/v1/', 'metadata', 'Google, by name'],
  ['http://metadata.google.internal./', 'metadata', 'by name with the root dot'],
  ['http://metadata.google.internal../', 'metadata', 'by name with extra root dots'],
  ['http://METADATA.Google.Internal/', 'metadata', 'by name in capitals'],
  ['http://%6Detadata.goog/', 'metadata', 'by name, percent-encoded'],
  ['http://ⓜetadata.goog/', 'metadata', 'by name, in other Unicode letters'],
  ['http://metadata。goog/', 'metadata', 'by name with an ideographic dot'],
  ['http://metadata/', 'allowed', 'a service of Docker Compose may have this name'],
  ['http://metadata:8080/callback', 'allowed', 'such a service with a port'],
  ['http://instance-data/', 'allowed', 'the addresses it resolves to are checked'],
  ['http://metadata.goog/', 'metadata', 'Google, by name'],
  ['http://metadata.azure.internal/', 'metadata', 'Azure, by name'],
  ['http://instance-data.ec2.internal/', 'metadata', 'Amazon, by name'],

  ['http://169.254.0.1/', 'link-local', 'IPv4 link-local'],
  ['http://169.254.170.2/', 'link-local', 'container credentials at Amazon'],
  ['http://[fe80::1]/', 'link-local', 'IPv6 link-local'],
  ['http://[febf::1]/', 'link-local', 'the end of fe80::/10'],

  ['http://0.0.0.0/', 'unspecified', 'reaches loopback on Linux'],
  ['http://0/', 'unspecified', '0.0.0.0 shortened'],
  ['http://0.1.2.3/', 'unspecified', 'all of 0/8'],
  ['http://[::]/', 'unspecified', 'IPv6'],
  ['http://224.0.0.1/', 'multicast', 'IPv4'],
  ['http://239.255.255.255/', 'multicast', 'the end of 224/4'],
  ['http://[ff02::1]/', 'multicast', 'IPv6'],
  ['http://240.0.0.1/', 'reserved', 'class E'],
  ['http://255.255.255.255/', 'reserved', 'broadcast'],
  ['http://192.0.0.1/', 'reserved', 'protocol assignments'],
  ['http://192.0.2.1/', 'reserved', 'documentation'],
  ['http://198.51.100.7/', 'reserved', 'documentation'],
  ['http://203.0.113.7/', 'reserved', 'documentation'],
  ['http://198.18.0.1/', 'reserved', 'benchmarks'],
  ['http://192.88.99.1/', 'reserved', '6to4 relay'],
  ['http://[2001:db8::1]/', 'reserved', 'documentation'],
  ['http://[3fff:fff::1]/', 'reserved', 'documentation'],
  ['http://[3fff:1000::1]/', 'not-allowed', 'just after the documentation range 3fff::/20'],
  ['http://[fec0::1]/', 'reserved', 'site-local, deprecated'],
  ['http://[100::1]/', 'reserved', 'discard only'],
  ['http://[4000::1]/', 'reserved', 'unassigned'],

  ['http://[::ffff:127.0.0.1]/', 'allowed', 'mapped loopback'],
  ['http://[::ffff:7f00:1]/', 'allowed', 'mapped loopback in hexadecimal'],
  ['http://[::ffff:192.168.0.1]/', 'allowed', 'mapped private'],
  ['http://[::ffff:8.8.8.8]/', 'not-allowed', 'mapped public'],
  ['http://[::ffff:169.254.169.254]/', 'metadata', 'mapped metadata'],
  ['http://[::ffff:a9fe:a9fe]/', 'metadata', 'mapped metadata in hexadecimal'],
  ['http://[0:0:0:0:0:ffff:a9fe:a9fe]/', 'metadata', 'mapped metadata, written out'],
  ['http://[::ffff:169.254.1.1]/', 'link-local', 'mapped link-local'],
  ['http://[::ffff:0.0.0.0]/', 'unspecified', 'mapped unspecified'],
  ['http://[::127.0.0.1]/', 'allowed', 'compatible loopback'],
  ['http://[::8.8.8.8]/', 'not-allowed', 'compatible public'],
  ['http://[::a9fe:a9fe]/', 'metadata', 'compatible metadata'],
  ['http://[::2]/', 'reserved', 'too short to be a compatible address'],
  ['http://[::ffff:0:127.0.0.1]/', 'reserved', 'IPv4-translated'],
  ['http://[64:ff9b::8.8.8.8]/', 'not-allowed', 'NAT64 to a public address'],
  ['http://[64:ff9b::169.254.169.254]/', 'metadata', 'NAT64 to metadata'],
  ['http://[64:ff9b::127.0.0.1]/', 'reserved', "NAT64 to the gateway's own loopback"],
  ['http://[64:ff9b::10.0.0.1]/', 'reserved', "NAT64 to the gateway's own network"],
  ['http://[64:ff9b:1::808:808]/', 'reserved', 'local-use NAT64'],
  ['http://[2002:7f00:1::]/', 'reserved', '6to4 of loopback'],
  ['http://[2002:808:808::1]/', 'reserved', '6to4 of a public address'],
  ['http://[2001:0:808:808::1]/', 'reserved', 'Teredo'],

  ['ftp://127.0.0.1/', 'scheme', 'ftp'],
  ['file:///etc/passwd', 'scheme', 'file'],
  ['javascript:alert(1)', 'scheme', 'javascript'],
  ['ws://127.0.0.1/', 'scheme', 'ws'],
  ['unix:/var/run/docker.sock', 'scheme', 'a socket'],
  ['http://user:pass@127.0.0.1/', 'userinfo', 'name and password'],
  ['http://user@127.0.0.1/', 'userinfo', 'name only'],
  ['http://:pass@127.0.0.1/', 'userinfo', 'password only'],
  ['http://127.0.0.1@8.8.8.8/', 'userinfo', 'a host in the userinfo part'],
  ['http://8.8.8.8\\@127.0.0.1/', 'not-allowed', 'a backslash ends the host'],
  ['http://8.8.8.8#@127.0.0.1/', 'not-allowed', 'a hash ends the host'],
  ['', 'malformed', 'empty'],
  ['/callback', 'malformed', 'relative'],
  ['//127.0.0.1/callback', 'malformed', 'without a scheme'],
  ['127.0.0.1:3000', 'malformed', 'without a scheme'],
  ['http://', 'malformed', 'without a host'],
  ['http://127.0.0.1:99999/', 'malformed', 'port out of range'],
  ['http://256.256.256.256/', 'malformed', 'IPv4 out of range'],
  ['http://1.2.3.4.5/', 'malformed', 'five parts'],
  ['http://[::1/', 'malformed', 'open bracket'],
  ['http://[fe80::1%eth0]/', 'malformed', 'scoped'],
  ['http://[fe80::1%25eth0]/', 'malformed', 'scoped, encoded'],
];

describe('without an allow list', () => {
  it.each(NOTHING_ALLOWED)('%s is %s: %s', (url, outcome) => {
    expect(outcomeOf(url)).toBe(outcome);
  });
});

const ALLOWED: readonly (readonly [allow: string, url: string, outcome: string])[] = [
  ['8.8.8.8', 'http://8.8.8.8:8080/', 'allowed'],
  ['8.8.8.8', 'http://8.8.4.4/', 'not-allowed'],
  ['8.8.8.8', 'http://[::ffff:8.8.8.8]/', 'allowed'],
  ['8.8.8.8', 'http://[64:ff9b::808:808]/', 'allowed'],
  ['[::ffff:8.8.8.8]', 'http://8.8.8.8/', 'allowed'],
  ['8.8.8.8:443', 'https://8.8.8.8/', 'allowed'],
  ['8.8.8.8:443', 'http://8.8.8.8/', 'not-allowed'],
  ['8.8.8.8:80', 'http://8.8.8.8/', 'allowed'],
  ['8.8.8.8:80', 'http://8.8.8.8:0/', 'not-allowed'],
  ['8.8.8.0/24', 'http://8.8.8.255/', 'allowed'],
  ['8.8.8.0/24', 'http://8.8.9.0/', 'not-allowed'],
  ['8.8.8.0/24:443', 'https://8.8.8.1/', 'allowed'],
  ['8.8.8.0/24:443', 'https://8.8.8.1:8443/', 'not-allowed'],
  ['100.64.0.0/10', 'http://100.101.102.103/', 'allowed'],
  ['100.64.0.0/10', 'http://100.100.100.200/', 'metadata'],
  ['2606:4700::1111', 'http://[2606:4700:0:0::1111]/', 'allowed'],
  ['[2606:4700::1111]:443', 'https://[2606:4700::1111]/', 'allowed'],
  ['[2606:4700::1111]:443', 'http://[2606:4700::1111]/', 'not-allowed'],
  ['2606:4700::/32', 'http://[2606:4700:ffff::1]/', 'allowed'],
  ['[2606:4700::/32]:443', 'http://[2606:4700::1]/', 'not-allowed'],
  ['::/0', 'http://[2606:4700::1]/', 'allowed'],
  ['::/0', 'http://8.8.8.8/', 'not-allowed'],
  ['0.0.0.0/0', 'http://8.8.8.8/', 'allowed'],
  ['0.0.0.0/0', 'http://169.254.169.254/', 'metadata'],
  ['0.0.0.0/0', 'http://169.254.1.1/', 'link-local'],
  ['0.0.0.0/0', 'http://0.0.0.0/', 'unspecified'],
  ['0.0.0.0/0', 'http://224.0.0.1/', 'multicast'],
  ['0.0.0.0/0', 'http://203.0.113.1/', 'reserved'],
  ['169.254.169.254', 'http://169.254.169.254/', 'metadata'],
  ['169.254.1.1', 'http://169.254.1.1/', 'link-local'],
  ['fe80::/10', 'http://[fe80::1]/', 'link-local'],
  ['metadata.google.internal', 'http://metadata.google.internal/', 'metadata'],
  ['*.google.internal', 'http://metadata.google.internal/', 'metadata'],
  ['hooks.example.com:8443', 'https://hooks.example.com:8443/', 'allowed'],
  ['hooks.example.com:8443', 'https://hooks.example.com/', 'not-allowed'],
  ['*.example.com:443', 'https://a.b.example.com./', 'allowed'],
  ['*.example.com:443', 'http://a.example.com/', 'not-allowed'],
  ['8.8.8.8', 'http://user:pass@8.8.8.8/', 'userinfo'],
  ['8.8.8.8', 'ftp://8.8.8.8/', 'scheme'],
];

describe('an allow entry', () => {
  it.each(ALLOWED)('%s: %s is %s', (allow, url, outcome) => {
    expect(outcomeOf(url, [allow])).toBe(outcome);
  });

  it('without a port opens every port, even if another entry limits the port', () => {
    expect(outcomeOf('http://a.example.com/', ['a.example.com:443', '*.example.com'])).toBe('allowed');
  });

  it.each(
    [
      ['', ' ', '*', '*.', '**.example.com', 'a.*.example.com', '*example.com', '.', 'a..b'],
      ['http://example.com', 'example.com/', 'user@example.com', 'exa mple.com', 'example.com?', 'a%62.com'],
      ['example.com:', 'example.com:0', 'example.com:65536', 'example.com:http', 'example.com/24'],
      ['8.8.8', '0x8.8.8.8', '256.1.1.1', '*.8.8.8.8', '8.8.8.8/33', '8.8.8.8/', '8.8.8.8/8/8', '8.8.8.8/-1'],
      ['[8.8.8.8]', '[example.com]', '[2606:4700::1', '2606:4700::/129', '[2606:4700::1]:', 'fe80::1%eth0'],
    ].flat(),
  )('"%s" is rejected when the guard is created', (entry) => {
    expect(() => createEgressGuard({ allow: [entry] })).toThrow(
      `Cannot allow callbacks to "${entry}". Write a host name`,
    );
  });
});

describe('the reason of a blocked URL', () => {
  it.each([
    ['http://8.8.8.8/', '8.8.8.8 is a public address. To allow it, use --allow-callback 8.8.8.8'],
    [
      'http://[2606:4700::1]/',
      '[2606:4700::1] is a public address. To allow it, use --allow-callback [2606:4700::1]',
    ],
    [
      'http://[::ffff:808:808]/',
      '[::ffff:808:808] is a public address. To allow it, use --allow-callback [::ffff:808:808]',
    ],
    [
      'http://listed.example/',
      'listed.example is allowed only on other ports. To allow this one, use --allow-callback listed.example:80',
    ],
    [
      'http://169.254.1.1/',
      '169.254.1.1 is a link-local address, and callbacks are never sent to those. No option allows it: use a loopback, private or public address.',
    ],
    ['gopher://x/', 'Callbacks cannot be sent to a gopher: URL. Use http: or https:'],
    ['nonsense', 'The callback URL is not an absolute URL. Use one such as http://127.0.0.1:3000/callback'],
  ])('names the remedy for %s', (url, reason) => {
    expect(createEgressGuard({ allow: ['listed.example:443'] }).checkUrl(url)).toMatchObject({ reason });
  });

  it.each(NOTHING_ALLOWED.filter(([, outcome]) => outcome === 'not-allowed').map(([url]) => url))(
    'names a working allow entry for %s',
    (url) => {
      const verdict = createEgressGuard().checkUrl(url);
      const remedy = verdict.type === 'blocked' ? verdict.reason.split('--allow-callback ')[1] : undefined;
      expect(outcomeOf(url, [remedy ?? ''])).toBe('allowed');
    },
  );

  it.each(['http://user:hunter2@127.0.0.1/', 'http://user:hunter2@[bad/'])(
    'omits the password of %s',
    (url) => {
      expect(JSON.stringify(createEgressGuard().checkUrl(url))).not.toContain('hunter2');
    },
  );
});

describe('the egress guard', () => {
  it('returns a verdict for any string', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `http://${s}`),
        ),
        (url) => {
          expect(['allowed', 'blocked']).toContain(createEgressGuard().checkUrl(url).type);
        },
      ),
    );
  });

  it('checks a mapped address as the IPv4 address embedded in it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(outcomeOf(`http://[::ffff:${address}]/`)).toBe(outcomeOf(`http://${address}/`));
      }),
    );
  });

  it('never allows addresses of the blocked classes, even when all ranges are allowed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
        ),
        (host) => {
          const [shut, open] = [
            outcomeOf(`http://${host}/`),
            outcomeOf(`http://${host}/`, ['0.0.0.0/0', '::/0']),
          ];
          expect(open).toBe(shut === 'not-allowed' ? 'allowed' : shut);
        },
      ),
    );
  });

  it('gives a literal address and the same address from a resolver the same verdict', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.ipV4(), fc.ipV6()), async (address) => {
        const literal = outcomeOf(`http://${isIP(address) === 6 ? `[${address}]` : address}/`);
        const { lookup } = createEgressGuard({ resolve: resolverOf([address]) });
        const resolved = await resolvedOne(lookup, 'name.test').then(
          () => 'allowed',
          (error: BlockedError) => error.rule,
        );
        expect(resolved).toBe(literal);
      }),
    );
  });

  it('checks a host of two million dots in linear time', () => {
    expect(outcomeOf(`http://${'.'.repeat(2_000_000)}x/`)).toBe('allowed');
  });
});

/** A resolver that returns these responses in turn, and then keeps returning the last. */
function resolverOf(...answers: readonly (readonly string[])[]): typeof systemLookup {
  let calls = 0;
  const resolve = (
    _name: string,
    options: { all?: boolean },
    callback: (error: null, found: LookupAddress[]) => void,
  ) => {
    expect(options.all).toBe(true);
    const answer = answers[Math.min(calls, answers.length - 1)] ?? [];
    calls += 1;
    callback(
      null,
      answer.map((address) => ({ address, family: isIP(address) })),
    );
  };
  return resolve as unknown as typeof systemLookup;
}

function failingResolver(code: string): typeof systemLookup {
  const resolve = (_name: string, _options: unknown, callback: (error: Error) => void) =>
    callback(Object.assign(new Error(`getaddrinfo ${code}`), { code }));
  return resolve as unknown as typeof systemLookup;
}

function resolvedAll(lookup: LookupFunction, name: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, found) =>
      error ? reject(error) : resolve((found as LookupAddress[]).map(({ address }) => address)),
    );
  });
}

function resolvedOne(lookup: LookupFunction, name: string): Promise<readonly [unknown, number | undefined]> {
  return new Promise((resolve, reject) => {
    lookup(name, {}, (error, address, family) => (error ? reject(error) : resolve([address, family])));
  });
}

const RESOLVED: readonly (readonly [allow: string[], name: string, addresses: string[], outcome: string])[] =
  [
    [[], 'my-host.lan', ['192.168.1.5', 'fd12::5'], 'allowed'],
    [[], 'my-host.lan', ['::ffff:10.0.0.1'], 'allowed'],
    [[], 'public.example', ['8.8.8.8'], 'not-allowed'],
    [[], 'metadata', ['172.18.0.3'], 'allowed'],
    [[], 'metadata', ['169.254.169.254'], 'metadata'],
    [[], 'instance-data', ['169.254.169.254'], 'metadata'],
    [[], 'printer.lan', ['fe80::1'], 'link-local'],
    [[], 'printer.lan', ['fe80::1%eth0'], 'link-local'],
    [[], 'printer.lan', ['fd12::5%eth0'], 'link-local'],
    [[], 'mapped.lan', ['::ffff:169.254.169.254'], 'metadata'],
    [[], 'odd.lan', ['255.255.255.255'], 'reserved'],
    [[], 'odd.lan', ['224.0.0.251'], 'multicast'],
    [[], 'broken.lan', ['not an address'], 'malformed'],
    [[], 'metadata.google.internal', ['127.0.0.1'], 'metadata'],
    [[], 'METADATA.goog.', ['127.0.0.1'], 'metadata'],
    [['metadata.goog'], 'metadata.goog', ['127.0.0.1'], 'metadata'],
    [['public.example'], 'public.example', ['8.8.8.8', '2606:4700::1'], 'allowed'],
    [['public.example'], 'public.example.', ['8.8.8.8'], 'allowed'],
    [['Public.Example.'], 'public.example', ['8.8.8.8'], 'allowed'],
    [['bücher.example'], 'xn--bcher-kva.example', ['8.8.8.8'], 'allowed'],
    [['public.example:443'], 'public.example', ['8.8.8.8'], 'allowed'],
    [['public.example'], 'public.example', ['64:ff9b::808:808'], 'allowed'],
    [['public.example'], 'public.example', ['100.64.0.1'], 'allowed'],
    [['public.example'], 'public.example', ['10.0.0.1'], 'allowed'],
    [['public.example'], 'public.example', ['169.254.169.254'], 'metadata'],
    [['public.example'], 'public.example', ['fe80::1', '169.254.169.254'], 'link-local'],
    [['public.example'], 'public.example', ['0.0.0.0'], 'unspecified'],
    [['public.example'], 'public.example', ['203.0.113.1'], 'reserved'],
    [['public.example'], 'other.example', ['8.8.8.8'], 'not-allowed'],
    [['public.example'], 'public.example.evil.test', ['8.8.8.8'], 'not-allowed'],
    [['*.example.com'], 'a.example.com', ['8.8.8.8'], 'allowed'],
    [['*.example.com'], 'a.b.example.com', ['8.8.8.8'], 'allowed'],
    [['*.example.com'], 'example.com', ['8.8.8.8'], 'not-allowed'],
    [['*.example.com'], 'evilexample.com', ['8.8.8.8'], 'not-allowed'],
    [['8.8.8.0/24'], 'public.example', ['8.8.8.8'], 'allowed'],
    [['8.8.8.8:443'], 'public.example', ['8.8.8.8'], 'not-allowed'],
  ];

describe('the lookup', () => {
  it.each(RESOLVED)('with %j: %s resolved to %j is %s', async (allow, name, addresses, outcome) => {
    const { lookup } = createEgressGuard({ allow, resolve: resolverOf(addresses) });
    if (outcome === 'allowed') {
      expect(await resolvedAll(lookup, name)).toEqual(addresses);
    } else {
      const refusal = { name: 'BlockedError', code: 'ERR_EGRESS_BLOCKED', rule: outcome };
      await expect(resolvedAll(lookup, name)).rejects.toMatchObject(refusal);
      await expect(resolvedOne(lookup, name)).rejects.toMatchObject(refusal);
    }
  });

  it('returns one address and its family when a single address is requested', async () => {
    const { lookup } = createEgressGuard({ resolve: resolverOf(['::1', '127.0.0.1']) });
    expect(await resolvedOne(lookup, 'my-host.lan')).toEqual(['::1', 6]);
  });

  it.each<[allow: string[], addresses: string[], open: string[]]>([
    [[], ['8.8.8.8', '127.0.0.1'], ['127.0.0.1']],
    [[], ['2606:4700::1', '192.168.1.5', 'fe80::1%eth0', 'fd12::5'], ['192.168.1.5', 'fd12::5']],
    [[], ['169.254.169.254', '10.0.0.1'], ['10.0.0.1']],
    [['mixed.example'], ['0.0.0.0', '8.8.8.8'], ['8.8.8.8']],
    [['8.8.8.0/24'], ['8.8.4.4', '8.8.8.8'], ['8.8.8.8']],
  ])('with %j: reduces the addresses %j to %j', async (allow, addresses, good) => {
    const { lookup } = createEgressGuard({ allow, resolve: resolverOf(addresses) });
    expect(await resolvedAll(lookup, 'mixed.example')).toEqual(good);
    expect(await resolvedOne(lookup, 'mixed.example')).toEqual([good[0], isIP(good[0] ?? '')]);
  });

  it.each(['localhost', 'LocalHost.', 'app.localhost', 'a.b.localhost.'])(
    'resolves %s to loopback without a name server',
    async (name) => {
      const { lookup } = createEgressGuard({ resolve: resolverOf(['8.8.8.8']) });
      expect(await resolvedAll(lookup, name)).toEqual(['127.0.0.1', '::1']);
      expect(await resolvedOne(lookup, name)).toEqual(['127.0.0.1', 4]);
    },
  );

  it.each(['localhost.example', 'notlocalhost', 'localhost.localdomain'])(
    'queries a name server for %s',
    async (name) => {
      const { lookup } = createEgressGuard({ resolve: resolverOf(['8.8.8.8']) });
      await expect(resolvedAll(lookup, name)).rejects.toMatchObject({ rule: 'not-allowed' });
    },
  );

  it('names the blocked address of a name, and the remedy', async () => {
    const { lookup } = createEgressGuard({ resolve: resolverOf(['8.8.8.8', '8.8.4.4']) });
    await expect(resolvedAll(lookup, 'mixed.example')).rejects.toThrow(
      'mixed.example (resolved to 8.8.8.8) is a public address. To allow it, use --allow-callback mixed.example',
    );
  });

  it('checks every lookup again, because the response may change', async () => {
    const { lookup } = createEgressGuard({
      resolve: resolverOf(['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1'], ['8.8.8.8']),
    });
    expect(await resolvedAll(lookup, 'rebind.test')).toEqual(['127.0.0.1']);
    await expect(resolvedAll(lookup, 'rebind.test')).rejects.toMatchObject({ rule: 'metadata' });
    expect(await resolvedAll(lookup, 'rebind.test')).toEqual(['127.0.0.1']);
    await expect(resolvedAll(lookup, 'rebind.test')).rejects.toMatchObject({ rule: 'not-allowed' });
  });

  it('passes on errors of the resolver', async () => {
    const { lookup } = createEgressGuard({ resolve: failingResolver('EAI_AGAIN') });
    await expect(resolvedAll(lookup, 'gone.test')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });

  it('turns an empty response into an error', async () => {
    const { lookup } = createEgressGuard({ resolve: resolverOf([]) });
    await expect(resolvedAll(lookup, 'empty.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('uses the system resolver by default', async () => {
    const [address] = await resolvedOne(createEgressGuard().lookup, '127.0.0.1');
    expect(address).toBe('127.0.0.1');
  });
});

describe('a request with undici', () => {
  /** Posts to `name` on a real loopback server, and counts the connections it receives. */
  async function post(addresses: readonly string[], autoSelectFamily: boolean) {
    let connections = 0;
    const server = createServer((_request, response) => response.writeHead(204).end());
    server.on('connection', () => {
      connections += 1;
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { lookup } = createEgressGuard({ resolve: resolverOf(addresses) });
    const agent = new Agent({ connect: { lookup, autoSelectFamily } });
    const { port } = server.address() as AddressInfo;
    const result = await request(`http://receiver.test:${port}/`, { method: 'POST', dispatcher: agent }).then(
      ({ statusCode }) => statusCode,
      (error: unknown) => error,
    );
    await agent.destroy();
    await new Promise((closed) => server.close(closed));
    return { result, connections };
  }

  describe.each([true, false])('with autoSelectFamily %s', (autoSelectFamily) => {
    it('connects to the address that was checked', async () => {
      expect(await post(['127.0.0.1'], autoSelectFamily)).toEqual({ result: 204, connections: 1 });
    });

    it.each([[['8.8.8.8', '127.0.0.1']], [['169.254.169.254', '127.0.0.1']], [['127.0.0.1', '0.0.0.0']]])(
      'connects to the allowed one of the addresses %j',
      async (addresses) => {
        expect(await post(addresses, autoSelectFamily)).toEqual({ result: 204, connections: 1 });
      },
    );

    // On Linux, 0.0.0.0 reaches the server, so zero connections prove that none was attempted.
    it.each([
      [['0.0.0.0'], 'unspecified'],
      [['0.0.0.0', '169.254.169.254'], 'unspecified'],
    ])('fails without connecting when the name resolves to %j', async (addresses, rule) => {
      const { result, connections } = await post(addresses, autoSelectFamily);
      expect(result).toBeInstanceOf(BlockedError);
      expect(result).toMatchObject({ code: 'ERR_EGRESS_BLOCKED', rule });
      expect(connections).toBe(0);
    });
  });
});

function inUrl(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

describe('a mock that other machines can reach', () => {
  const own = 4010;
  const here = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address)
    // Link-local and similar addresses are blocked in any case.
    .filter((address) => outcomeOf(`http://${inUrl(address)}/`) === 'allowed');

  function verdictOf(url: string, allow: readonly string[] = [], exposedAt = (): number | null => own) {
    const verdict = createEgressGuard({ allow, exposedAt }).checkUrl(url);
    return verdict.type === 'allowed' ? 'allowed' : verdict.rule;
  }

  it.each([
    'http://127.0.0.1/',
    'http://127.1:6379/',
    'http://127.255.0.1:5432/',
    'http://2130706433:5432/',
    'http://0x7f.1/',
    'http://[::1]:5432/',
    'http://[::ffff:127.0.0.1]:5432/',
    'http://[::127.0.0.1]/',
    'http://localhost:5432/',
    'http://LOCALHOST.:5432/',
    'http://db.localhost/',
    ...here.map((address) => `http://${inUrl(address)}:5432/`),
    ...here.filter((address) => isIP(address) === 4).map((address) => `http://[::ffff:${address}]:5432/`),
  ])('does not call its own machine at %s', (url) => {
    expect(verdictOf(url)).toBe('own-host');
    expect(verdictOf(url, [], () => null)).toBe('allowed');
  });

  it.each([
    [['127.0.0.1'], 'http://127.0.0.1:3000/'],
    [['127.0.0.1:3000'], 'http://127.0.0.1:3000/'],
    [['127.0.0.1:3000'], 'http://localhost:3000/'],
    [['127.0.0.0/8'], 'http://127.0.0.2:3000/'],
    [['localhost:3000'], 'http://localhost:3000/'],
    [['*.localhost'], 'http://app.localhost:3000/'],
    [['[::1]:3000'], 'http://[::1]:3000/'],
  ])('with --allow-callback %j calls %s', (allow, url) => {
    expect(verdictOf(url, allow)).toBe('allowed');
    expect(verdictOf(url.replace('3000', '5432'), allow)).toBe(
      allow.some((one) => one.includes(':3000')) ? 'own-host' : 'allowed',
    );
  });

  it('calls its own port, which serves the sink', () => {
    expect(verdictOf(`http://127.0.0.1:${own}/__sink`)).toBe('allowed');
    expect(verdictOf(`http://localhost:${own}/__sink`)).toBe('allowed');
  });

  it('calls other machines of its network', () => {
    for (const url of ['http://10.255.254.253/', 'http://app:3000/', 'http://[fd00::99]/'])
      expect(verdictOf(url)).toBe('allowed');
  });

  it('does not call its own machine under another name', async () => {
    for (const address of ['127.0.0.1', '::1', '127.0.1.1', ...here]) {
      const { lookup } = createEgressGuard({ resolve: resolverOf([address]), exposedAt: () => own });
      await expect(resolvedAll(lookup, 'rebound.example')).rejects.toMatchObject({ rule: 'own-host' });
    }
  });

  it('names the option that opens the target', () => {
    const verdict = createEgressGuard({ exposedAt: () => own }).checkUrl('http://[::1]:3000/callback');
    const reason = verdict.type === 'blocked' ? verdict.reason : '';
    expect(reason).toMatch(/--api-key/);
    const opener = reason.split('--allow-callback ')[1] ?? '';
    expect(verdictOf('http://[::1]:3000/callback', [opener])).toBe('allowed');
  });

  it('reevaluates URLs when it becomes reachable from other machines, and when it no longer is', () => {
    let port: number | null = null;
    const guard = createEgressGuard({ exposedAt: () => port });
    const types = [null, own, null].map((current) => {
      port = current;
      return guard.checkUrl('http://127.0.0.1:5432/').type;
    });
    expect(types).toEqual(['allowed', 'blocked', 'allowed']);
  });
});
