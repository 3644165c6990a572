import { strangeFieldsOf } from '../../call-facts.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';
import { count } from '../../wording.ts';

export const namesOptionalFieldsRight: ClientCase = {
  id: 'CLI-CRE-13',
  group: 'Creating tasks',
  title: 'Optional fields are spelled as documented',
  level: 'should',
  requirement: 'A field that resembles an optional field of the request SHOULD have exactly the documented name.',
  why: 'Vendors silently ignore unknown fields, so the video is made without the option.',
  remedy: 'Copy the field name from the documentation.',
  sources: [PAGES.derived],
  stimuli: ['plain'],
  judge(evidence) {
    const submits = submitsIn(evidence);
    if (submits.length === 0) return doesNotApply('The client did not submit a job.');
    const strange = submits.flatMap((call) => strangeFieldsOf(call).map((field) => ({ ...field, call })));
    const misnamed = strange.filter(({ meant }) => meant !== null);
    if (misnamed.length > 0) {
      const texts = misnamed.map(({ at, meant }) => `${at} is not documented; did you mean ${meant}?`);
      return broken(
        [...new Set(texts)].join(' '),
        misnamed.map(({ call }) => call),
      );
    }
    const others = [...new Set(strange.map(({ at }) => at))];
    return kept(
      others.length === 0
        ? `${count(submits, 'submission')} had only documented fields`
        : `no field is misspelled; undocumented fields: ${others.join(', ')}`,
    );
  },
};
