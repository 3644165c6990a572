/** Printed by the command alone: what to try first. @param program the command line that runs this program */
export function firstSteps(program: string): string {
  const rows = [
    ['demo', 'see a success, a failure, a timeout with retries and a duplicate, in ten seconds'],
    ['start', 'run the mock at http://127.0.0.1:4010, with a console in the browser'],
    ['run -- npm test', 'run your tests with a mock of their own'],
    ['trigger runway.generate --to URL', 'send one callback to your receiver'],
    ['verify receiver URL --event runway.generate', 'test your receiver against the contract'],
    ['verify client --env API_BASE={url} -- CMD', 'test your client against the contract'],
    ['doctor', 'check that everything works on this machine'],
    ['init', 'write a configuration file with all options'],
  ] as const;
  const width = Math.max(...rows.map(([command]) => command.length));
  const lines = rows.map(([command, what]) => `  ${program} ${command.padEnd(width)}  ${what}`);
  return `Stunt Double mocks asynchronous AI-video APIs on your machine. Try:

${lines.join('\n')}

All commands: ${program} --help
`;
}
