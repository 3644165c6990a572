import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/coded-error.ts';
import { answerErrors } from './admin-errors.ts';
import { changesState, type Reply } from './changes-state.ts';

const FULL = new CodedError('DATA_UNWRITABLE', 'the disk is full');

interface Disk {
  readonly refusal?: CodedError | null;
  readonly durable?: () => Promise<void> | null;
  readonly evenUnwritable?: boolean;
}

function call(reply: Reply, { refusal = null, durable = () => null, evenUnwritable = false }: Disk) {
  let made = 0;
  const app = express();
  const journal = { refusal: () => refusal, durable };
  const make = (): Reply => {
    made += 1;
    return reply;
  };
  app.post('/', changesState(journal, make, { evenUnwritable }));
  app.use(answerErrors);
  return { answer: request(app).post('/'), made: () => made };
}

describe('an admin call that changes state', () => {
  it('is answered after the change is on disk', async () => {
    let isSaved = false;
    const { answer } = call(
      { status: 201, body: { isNew: true } },
      {
        async durable() {
          isSaved = true;
        },
      },
    );
    const { status, body } = await answer;
    expect([status, body, isSaved]).toEqual([201, { isNew: true }, true]);
  });

  it('can be answered without a body', async () => {
    const { status, text } = await call({ status: 204 }, {}).answer;
    expect([status, text]).toEqual([204, '']);
  });

  it('is refused without a change when the folder cannot be written', async () => {
    const { answer, made } = call({ status: 204 }, { refusal: FULL });
    const { status, body } = await answer;
    expect([status, body.code, made()]).toEqual([503, 'DATA_UNWRITABLE', 0]);
  });

  it('is performed even then if it can free space', async () => {
    const { answer, made } = call({ status: 204 }, { refusal: FULL, evenUnwritable: true });
    expect([(await answer).status, made()]).toEqual([204, 1]);
  });

  it('is refused when the change cannot be saved', async () => {
    const { answer } = call({ status: 204 }, { durable: () => Promise.reject(FULL) });
    expect((await answer).body).toMatchObject({ code: 'DATA_UNWRITABLE', detail: 'the disk is full' });
  });
});
