import { undocumentedFieldsOf } from '../../call-facts.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { submitsIn } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const spellsOptionalFields: ClientCase = {
  id: 'CLI-CRE-13',
  group: 'Creating tasks',
  title: 'Optional fields are spelled as documented',
  level: 'should',
  requirement:
    'A field that resembles an optional field of the request SHOULD have exactly the documented name.',
  why: 'Vendors silently ignore unknown fields, so the video is made without the option.',
  remedy: 'Copy the field name from the documentation.',
  basis: [{ derived: 'The OpenAPI document of the pack defines the fields of each request.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const submits = submitsIn(evidence);
    if (submits.length === 0) return notApplicable('The client did not submit a job.');
    const strange = submits.flatMap((call) =>
      undocumentedFieldsOf(call).map((field) => ({ ...field, call })),
    );
    const misnamed = strange.filter(({ meant }) => meant !== null);
    if (misnamed.length > 0) {
      const texts = misnamed.map(({ at, meant }) => `${at} is not documented; did you mean ${meant}?`);
      return failed(
        [...new Set(texts)].join(' '),
        misnamed.map(({ call }) => call),
      );
    }
    const others = [...new Set(strange.map(({ at }) => at))];
    return passed(
      others.length === 0
        ? `${count(submits, 'submission')} had only documented fields`
        : `no field is misspelled; undocumented fields: ${others.join(', ')}`,
    );
  },
};
