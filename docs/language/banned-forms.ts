/** A wording that a native reader would notice, and what to write in its place. */
export interface BannedForm {
  readonly name: string;
  readonly pattern: RegExp;
  readonly write: string;
  /** Names of code have no sentence in which it could be wrong. */
  readonly isOfSentences?: true;
  /** A text that has it. */
  readonly bad: string;
  /** The same without it. */
  readonly good: string;
}

/** Searched in every text of the project; each one has an example, and the test finds it there. */
export const BANNED_FORMS: readonly BannedForm[] = [
  {
    name: 'mend',
    pattern: /\bmend(s|ed|ing)?\b/i,
    write: 'fix, remedy',
    bad: 'To mend it, give a key.',
    good: 'How to fix: give a key.',
  },
  {
    name: 'work off',
    pattern: /\bwork(s|ed|ing)? off\b/i,
    write: 'process, handle',
    bad: 'A duplicate is worked off once',
    good: 'A duplicate is processed once',
  },
  {
    name: 'try, as a noun',
    pattern:
      /\b(first|second|third|last|next|each|every|another|this|of|a|the|one|two|three|four|many|its|more|previous) (try|tries)\b(?![-/])/i,
    write: 'attempt',
    bad: 'the first try timed out',
    good: 'the first attempt timed out',
  },
  {
    name: 'passage',
    pattern: /\bpassages?\b/i,
    write: 'attempt',
    bad: 'the passage of a callback',
    good: 'the attempt to deliver a callback',
  },
  {
    name: 'parcel',
    pattern: /\bparcels?\b/i,
    write: 'delivery',
    bad: 'a parcel for the courier',
    good: 'a delivery',
  },
  {
    name: 'give up',
    pattern: /\b(give|gives|gave|given|giving) (it |them |that )?up\b/i,
    write: 'abandon, stop',
    bad: 'the callback was given up',
    good: 'the callback was abandoned',
  },
  { name: 'in vain', pattern: /\bin vain\b/i, write: 'abandoned', bad: 'sent in vain', good: 'abandoned' },
  {
    name: 'twist, flaw, oddity',
    pattern: /\b(twists?|flaws?|flawed|oddity|oddities)\b/i,
    write: 'fault',
    bad: 'a twist of a callback',
    good: 'a callback fault',
  },
  {
    name: 'under way',
    pattern: /\bunder ?way\b/i,
    write: 'in flight, pending, in progress',
    bad: 'callbacks under way',
    good: 'callbacks in flight',
  },
  {
    name: 'imitate',
    pattern: /\bimitat(e|es|ed|ing|ion)\b/i,
    write: 'serve, mock, simulate',
    bad: 'what it imitates',
    good: 'what it simulates',
  },
  {
    name: 'play',
    pattern: /\bplay(s|ed|ing)?\b/i,
    write: 'serve, run, simulate',
    bad: 'plays the whole life of a task',
    good: 'simulates the whole life of a task',
  },
  {
    name: 'shall',
    pattern: /\bshall\b/i,
    write: 'must, should, may',
    bad: 'it shall end',
    good: 'it must end',
  },
  {
    name: 'is to be',
    pattern: /\b(is|are|was|were) (not )?to be\b/i,
    write: 'must, should',
    bad: 'the clock was to be set back',
    good: 'the clock cannot be set back',
  },
  {
    name: 'for ever',
    pattern: /\bfor ever\b/i,
    write: 'forever',
    bad: 'kept for ever',
    good: 'kept forever',
  },
  {
    name: 'made up, found out',
    pattern: /\b(made|makes?|making) up\b|\b(found|finds?|finding) out\b/i,
    write: 'generated, default, measured',
    bad: 'a token (default: made up)',
    good: 'a token (default: generated)',
  },
  {
    name: 'beside',
    pattern: /\bbesides?\b/i,
    write: 'in parallel, in addition to, next to',
    bad: 'cases beside each other',
    good: 'cases in parallel',
  },
  {
    name: 'former',
    pattern: /\bformer(ly)?\b/i,
    write: 'previous',
    bad: 'the former key',
    good: 'the previous key',
  },
  {
    name: 'is no X',
    pattern:
      /\b(is|are|was|were|be|it's|there's) no (?!(longer|more|less|fewer|later|earlier|one|doubt|different|better|worse|larger|smaller|faster|slower)\b)\w+/i,
    write: 'is not a, there are no',
    bad: 'the body is no JSON',
    good: 'the body is not JSON',
  },
  {
    name: 'no X has',
    pattern: /\bno (?!one\b)([\w-]+ )(has|have|says?|knows?)\b/i,
    write: 'none of the, is not … by any',
    bad: 'a field that no page has',
    good: 'an undocumented field',
  },
  {
    name: 'is none',
    pattern: /\b(is|are|was|were) none\b/i,
    write: 'does not exist, has no effect',
    bad: 'a list that is none',
    good: 'a value that is not a list',
  },
  {
    name: 'is not there',
    pattern: /\b(is|are|was|were) (not|no longer) there\b/i,
    write: 'does not exist',
    bad: 'a file that is not there',
    good: 'a file that does not exist',
  },
  {
    name: 'stand, for to be',
    pattern:
      /\b(stands|stood|standing)\b(?! for\b|-)|\b(may|must|can|they|which|not|to|keys|fields) stand\b/i,
    write: 'is, appears',
    bad: 'the key "prompt" stands twice in the body',
    good: 'duplicate key "prompt" in the body',
  },
  {
    name: 'lie, for to be',
    pattern: /\b(lies|lay|lying)\b/i,
    write: 'is',
    bad: 'a key that lies across the cut',
    good: 'a key across the cut',
  },
  {
    name: 'go on',
    pattern: /\b(go|goes|went|gone|going) on\b/i,
    write: 'continue',
    bad: 'the receiver goes on',
    good: 'the receiver continues',
  },
  {
    name: 'told, said',
    pattern: /\btold\b|\b(is|are|was|were) said\b|\bsaid so\b/i,
    write: 'reported',
    bad: 'the failure is told to the caller',
    good: 'the failure is reported to the caller',
  },
  {
    name: 'not taken',
    isOfSentences: true,
    pattern: /\b(not|is|are|be) taken\b(?! from| by| over| up)|\bturned away\b/i,
    write: 'accepted, rejected, ignored',
    bad: 'the edit is not taken',
    good: 'the edit is rejected',
  },
  {
    name: 'hold, for to be true',
    pattern: /\b(this|that|which|it|rule|condition) holds(?=[.,;:)]|$| (true|when|where|if|for|only)\b)/i,
    write: 'is true, applies',
    bad: 'Resolves when this holds.',
    good: 'Resolves when this is true.',
  },
  {
    name: 'too, at the end',
    isOfSentences: true,
    pattern: /, too\b/i,
    write: 'also',
    bad: 'a server error is acknowledged, too',
    good: 'a server error is also acknowledged',
  },
  {
    name: 'at all, at the end',
    isOfSentences: true,
    pattern: /\bat all(?=[.;:!?]|$)/i,
    write: 'nothing, or what is meant',
    bad: 'clients that do not poll at all',
    good: 'clients that never poll',
  },
  {
    name: 'then, at the end',
    isOfSentences: true,
    pattern: /(?<!since |by |until |till )\bthen(?=[.;!?]|$)/i,
    write: 'nothing, or when it is',
    bad: 'the mock stops then',
    good: 'the mock stops',
  },
  {
    name: 'as it is',
    isOfSentences: true,
    pattern: /\bas (it is|they are|it was|they were|it stands|they stand)(?=[.,;:)]|$)/i,
    write: 'unchanged',
    bad: 'the body is sent as it is',
    good: 'the body is sent unchanged',
  },
  {
    name: 'Who …, gets',
    isOfSentences: true,
    pattern: /(?:^|[.;:!] )Who (?![^.;!]*\?)/,
    write: 'a noun as the subject',
    bad: 'Who edits a pack must not wonder.',
    good: 'An edit of a pack is reported.',
  },
  {
    name: 'whoever',
    pattern: /\bwho(so)?ever\b/i,
    write: 'a noun as the subject',
    bad: 'Whoever reads it by pattern fails.',
    good: 'A receiver that reads it by pattern fails.',
  },
  {
    name: 'What … is, as the subject',
    isOfSentences: true,
    pattern: /(?:^|[.;:!] )What (no|nobody|nothing|is|was|are|were|cannot|does|has)\b(?![^.;!]*\?)/,
    write: 'a noun as the subject',
    bad: 'What no page says is marked assumed.',
    good: 'Undocumented behavior is marked assumed.',
  },
  {
    name: 'personified code',
    pattern: /\b(his|her) (time|own|turn)\b|\bhears? of\b|\bminds (the|its|a)\b/i,
    write: 'what the code does',
    bad: 'the judge takes his time',
    good: 'the verdict takes seconds',
  },
  {
    name: 'let go',
    pattern: /\b(let|lets|letting) go\b/i,
    write: 'release',
    bad: 'lets go of the slot',
    good: 'releases the slot',
  },
  {
    name: 'pass over',
    pattern: /\b(pass|passes|passed|passing) over\b/i,
    write: 'ignore',
    bad: 'unknown keys are passed over',
    good: 'unknown keys are ignored',
  },
  {
    name: 'at last, never more',
    pattern: /\bnever more\b(?! than)|\bat last\b/i,
    write: 'finally, not again',
    bad: 'is called again, and at last never more',
    good: 'is retried until the callback is abandoned',
  },
  {
    name: 'court',
    pattern: /\b(court|culprits?)\b/i,
    write: 'session, violation',
    bad: 'the culprits of a rule',
    good: 'the violations of a rule',
  },
  {
    name: 'train of',
    pattern: /\btrains? of\b/i,
    write: 'series of',
    bad: 'the train of retries',
    good: 'the series of retries',
  },
  {
    name: 'archaic words',
    pattern: /\b(thereby|whereby|thereof|herein|hereby|wherein|hitherto|lest|albeit|whilst|amongst|unto)\b/i,
    write: 'a plain word',
    bad: 'whereby the key is lost',
    good: 'so the key is lost',
  },
  {
    name: 'British spelling',
    pattern:
      /\b(\w*(colour|behaviour|favour|honour|neighbour|labour)\w*|(summar|normal|initial|serial|organ|recogn|minim|maxim|optim|synchron|author|categor|visual|util|final|standard|capital|emphas|general|local|custom)is(e|es|ed|ing|ation|er)|centre[sd]?|grey|cancell(ed|ing)|labell(ed|ing)|travell(ed|ing|er)|modell(ed|ing)|catalogues?|artefacts?|programmes?|licence|judgement|analyse[sd]?|towards)\b/i,
    write: 'American spelling',
    bad: 'the catalogue is normalised',
    good: 'the catalog is normalized',
  },
  {
    name: 'typographic apostrophe',
    pattern: /\w\u2019\w/,
    write: "'",
    bad: 'the client\u2019s key',
    good: "the client's key",
  },
  {
    name: 'anew, hence',
    isOfSentences: true,
    pattern: /\b(anew|hence)\b/i,
    write: 'again, so',
    bad: 'the connection is opened anew',
    good: 'a new connection is opened',
  },
  {
    name: 'at most every',
    pattern: /\bat most every\b/i,
    write: 'at most once every',
    bad: 'polled at most every five seconds',
    good: 'polled at most once every five seconds',
  },
  {
    name: 'media, as a plural',
    pattern: /(?<!for )\bmedia (are|have|were)\b/i,
    write: 'media is',
    bad: 'the media have expired',
    good: 'the media has expired',
  },
  {
    name: 'whatever',
    pattern: /\bwhatever\b/i,
    write: 'the noun that is meant',
    bad: 'whatever is asked for',
    good: 'any request',
  },
];

/** The forms that a text has. Inline code is not prose. */
export function bannedIn(text: string, kind: 'prose' | 'name' = 'prose'): BannedForm[] {
  const prose = text.replace(/`[^`]*`/g, '`…`');
  return BANNED_FORMS.filter(
    ({ pattern, isOfSentences }) => !(kind === 'name' && isOfSentences === true) && pattern.test(prose),
  );
}
