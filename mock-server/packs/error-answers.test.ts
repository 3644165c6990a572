import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { Defect } from './defect.ts';
import { type Answer, compileErrorAnswers } from './error-answers.ts';
import type { ErrorRole, ErrorsSource } from './lifecycle.ts';
import { loadPack } from './load-pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const RUNWAY = join(PACKAGE_ROOT, 'spec/runway');

function inBody(code: number, msg: string): Answer {
  return { status: 200, body: JSON.stringify({ code, msg }), error: String(code) };
}

const CODES: readonly (readonly [code: number, text: string])[] = [
  [401, 'You do not have access permissions'],
  [404, 'The requested resource does not exist'],
  [422, 'The request parameters failed validation'],
  [429, 'The request limit of this resource has been exceeded'],
  [451, 'The image could not be fetched'],
  [455, 'The system is under maintenance'],
  [500, 'An unexpected error occurred while processing the request'],
];

const ROLES: readonly (readonly [role: ErrorRole, code: number])[] = [
  ['unauthorized', 401],
  ['invalid', 422],
  ['unknownTask', 404],
  ['unknownRoute', 404],
  ['internal', 500],
];

describe('the error answers of the Runway pack', () => {
  const { errors } = loadPack(RUNWAY);

  it('have the codes of the vendor in order', () => {
    expect(errors.codes).toStrictEqual(CODES.map(([code]) => String(code)));
  });

  it.each(CODES)('carry code %i in the body of HTTP 200', (code, text) => {
    expect(errors.forCode(String(code))).toStrictEqual(inBody(code, text));
  });

  it.each(ROLES)('have a code for the role %s: %i', (role, code) => {
    const text = CODES.find(([known]) => known === code)?.[1] ?? '';
    expect(errors.forRole(role)).toStrictEqual(inBody(code, text));
    expect(errors.forRole(role, 'prompt is required')).toStrictEqual(inBody(code, 'prompt is required'));
  });

  it('use HTTP 429 for the rate limit', () => {
    const { body } = inBody(429, 'The request limit of this resource has been exceeded');
    expect(errors.forRole('rateLimited')).toStrictEqual({ status: 429, body, error: '429' });
  });

  it.each(['418', '', '0401', '401 ', 'toString', '__proto__'])(
    'have no answer for the code "%s"',
    (code) => {
      expect(errors.forCode(code)).toBeNull();
    },
  );

  it('are valid JSON with any message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sentence) => {
        const { body } = errors.forRole('invalid', sentence);
        expect(JSON.parse(body)).toStrictEqual({ code: 422, msg: sentence });
      }),
    );
  });
});

describe('the error answers of the profile observed', () => {
  const { errors } = loadPack(RUNWAY, 'observed');

  it('answer an unknown task with success and no data, with any message', () => {
    const answer = { status: 200, body: '{"code":200,"msg":"success","data":null}', error: '404' };
    expect(errors.forRole('unknownTask')).toStrictEqual(answer);
    expect(errors.forRole('unknownTask', 'x is not a known task')).toStrictEqual(answer);
  });

  it('use HTTP 200 for the rate limit', () => {
    expect(errors.forRole('rateLimited')).toStrictEqual(
      inBody(429, 'The request limit of this resource has been exceeded'),
    );
  });

  it('otherwise equal the documented ones', () => {
    const documented = loadPack(RUNWAY).errors;
    for (const [role] of ROLES) {
      if (role !== 'unknownTask') expect(errors.forRole(role)).toStrictEqual(documented.forRole(role));
    }
    expect(errors.codes).toStrictEqual(documented.codes);
    expect(errors.forCode('404')).toStrictEqual(documented.forCode('404'));
  });
});

const SOURCE: ErrorsSource = {
  body: { error: { code: '$error.code', message: '$error.message', type: 'x' } },
  codes: [
    { code: 'task_not_exist', status: 400, message: 'task_not_exist', when: ['unknownTask'] },
    { code: 'denied', status: 401, message: 'no key', when: ['unauthorized'] },
    { code: 7, message: 'last' },
  ],
};

describe('error answers', () => {
  const errors = compileErrorAnswers(SOURCE);

  it('can have string codes and their own statuses', () => {
    expect(errors.forRole('unknownTask')).toStrictEqual({
      status: 400,
      body: '{"error":{"code":"task_not_exist","message":"task_not_exist","type":"x"}}',
      error: 'task_not_exist',
    });
    expect(errors.forCode('denied')?.status).toBe(401);
  });

  it('keep numeric codes numeric', () => {
    expect(errors.forCode('7')).toStrictEqual({
      status: 200,
      body: '{"error":{"code":7,"message":"last","type":"x"}}',
      error: '7',
    });
  });

  it('fall back to the role internal, or else to the last code, for a role without a code', () => {
    expect(errors.forRole('rateLimited')).toStrictEqual(errors.forCode('7'));
    const withInternal = compileErrorAnswers({
      ...SOURCE,
      codes: [{ code: 'oops', status: 500, message: 'oops', when: ['internal'] }, ...SOURCE.codes],
    });
    expect(withInternal.forRole('rateLimited')).toStrictEqual(withInternal.forCode('oops'));
  });

  it('can be complete answers for a role', () => {
    const whole = compileErrorAnswers({
      ...SOURCE,
      answers: { unknownRoute: { status: 404, body: { ok: false } } },
    });
    expect(whole.forRole('unknownRoute', 'any')).toStrictEqual({
      status: 404,
      body: '{"ok":false}',
      error: '7',
    });
    expect(whole.forRole('unauthorized')).toStrictEqual(errors.forRole('unauthorized'));
  });

  it('have HTTP 200 by default', () => {
    const whole = compileErrorAnswers({ ...SOURCE, answers: { invalid: { body: [] } } });
    expect(whole.forRole('invalid')).toStrictEqual({ status: 200, body: '[]', error: '7' });
  });

  it.each(['$error.text', '$error', '$task.id', '$error.code | nothing'])(
    'reject %s in the envelope',
    (source) => {
      expect(() => compileErrorAnswers({ ...SOURCE, body: { code: source } })).toThrow(Defect);
    },
  );

  it('reject inherited properties in the envelope', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(() => compileErrorAnswers({ ...SOURCE, body: { code: `$error.${name}` } })).toThrow(Defect);
    }
  });

  it('report the pointer of a defect', () => {
    const body = { deep: ['$error.text'] };
    const pointerOf = (source: ErrorsSource): string => {
      try {
        compileErrorAnswers(source);
      } catch (error) {
        if (error instanceof Defect) return error.pointer;
        throw error;
      }
      return 'no defect';
    };
    expect(pointerOf({ ...SOURCE, body })).toBe('/body/deep/0');
    expect(pointerOf({ ...SOURCE, answers: { invalid: { body } } })).toBe('/answers/invalid/body/deep/0');
  });

  it('can be empty', () => {
    const errors = compileErrorAnswers({ ...SOURCE, answers: { unknownTask: { status: 404 } } });
    expect(errors.forRole('unknownTask')).toMatchObject({ status: 404, body: '' });
  });

  it('contain the path of the invalid field, or else that of the body', () => {
    const errors = compileErrorAnswers({ ...SOURCE, body: { loc: '$error.field' } });
    expect(errors.forRole('invalid', 'no', undefined, ['query', 'page']).body).toBe(
      '{"loc":["query","page"]}',
    );
    expect(errors.forRole('invalid', 'no').body).toBe('{"loc":["body"]}');
  });
});
