import { strangeFieldsOf } from '../../call-facts.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const namesOptionalFieldsRight: ClientCase = {
  id: 'CLI-CRE-13',
  group: 'Creating tasks',
  title: 'Optional fields have their documented names',
  level: 'should',
  requirement: 'A field that resembles an optional field of the request has exactly its name.',
  why: 'Vendors drop a field that they do not know without a word: the video is made without the option.',
  remedy: 'Copy the name of the field from the document.',
  basis: ['errorCodes'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'optional fields have their documented names';
    const submits = submitsIn(evidence);
    if (submits.length === 0) return doesNotApply(expected, 'Nothing was submitted.');
    const strange = submits.flatMap((call) => strangeFieldsOf(call).map((field) => ({ ...field, call })));
    const misnamed = strange.filter(({ meant }) => meant !== null);
    if (misnamed.length > 0) {
      const texts = misnamed.map(({ at, meant }) => `${at} is not documented; did you mean ${meant}?`);
      return broken(
        expected,
        [...new Set(texts)].join(' '),
        misnamed.map(({ call }) => call),
      );
    }
    const others = [...new Set(strange.map(({ at }) => at))];
    return kept(
      expected,
      others.length === 0
        ? `${submits.length} submissions`
        : `${submits.length} submissions; ${others.join(', ')} are not documented and resemble nothing that is`,
    );
  },
};
