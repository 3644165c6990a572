import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import { createTracing } from './tracing.ts';

const { startMock, receiver, closeAll } = mockAndReceiver({ clock: 'virtual' });
const exporter = new InMemorySpanExporter();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

beforeEach(() => {
  exporter.reset();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterEach(async () => {
  trace.disable();
  propagation.disable();
  context.disable();
  await closeAll();
});

const named = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);

describe('traces', () => {
  it('have a span for a task, continue that of its submission, and have one for each attempt', async () => {
    const mock = await startMock();
    const posts = await receiver(500, 200);
    const traceparent = `00-${TRACE}-${PARENT}-01`;
    const body = {
      prompt: 'a cat',
      duration: 5,
      quality: '720p',
      aspectRatio: '16:9',
      callBackUrl: posts.url,
    };
    const answer = await fetch(`${mock.url}/api/v1/runway/generate`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'content-type': 'application/json', traceparent },
      body: JSON.stringify(body),
    });
    const { data } = (await answer.json()) as { data: { taskId: string } };
    await mock.clock.advance('1h');

    const [task] = named('task runway.generate');
    const attempts = named('callback runway.generate');
    expect(task).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE, spanId: PARENT },
      attributes: { 'stuntdouble.task.id': data.taskId, 'stuntdouble.pack': 'runway' },
    });
    expect(attempts).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR },
        attributes: { 'stuntdouble.attempt': 1, 'http.response.status_code': 500 },
      },
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'stuntdouble.attempt': 2, 'stuntdouble.outcome': 'acknowledged' },
      },
    ]);
    for (const attempt of attempts) {
      expect(attempt.spanContext().traceId).toBe(TRACE);
      expect(attempt.parentSpanContext?.spanId).toBe(task?.spanContext().spanId);
    }
    expect(attempts[0]?.links).toEqual([]);
    expect(attempts[1]?.links[0]?.context.spanId).toBe(attempts[0]?.spanContext().spanId);
    // The receiver continues the trace with the span of the attempt.
    expect(posts.posts.map(({ headers }) => headers.traceparent)).toEqual(
      attempts.map((attempt) => `00-${TRACE}-${attempt.spanContext().spanId}-01`),
    );
    const [started] = mock.journal.entries({ type: 'attempt.started' });
    expect(started?.headers).toHaveProperty('traceparent');
  });

  it('end with the task when it has no callback, when it is reset and when it is abandoned', async () => {
    const mock = await startMock();
    const calls = runwayCalls(mock.url);
    await calls.generate();
    expect(named('task runway.generate')).toHaveLength(1);
    const posts = await receiver(500);
    await calls.generate({ callBackUrl: posts.url });
    expect(named('task runway.generate')).toHaveLength(1);
    await mock.clock.advance('1h');
    expect(named('task runway.generate')).toHaveLength(2);
    expect(named('callback runway.generate')).toHaveLength(4);
    await calls.generate({ callBackUrl: posts.url });
    mock.reset();
    expect(named('task runway.generate')).toHaveLength(3);
  });

  it('are not made, and add no header, unless an SDK is registered', async () => {
    trace.disable();
    expect(createTracing({ subscribe: () => () => undefined }, '1')).toBeNull();
    const mock = await startMock();
    const posts = await receiver(200);
    await runwayCalls(mock.url).generate({ callBackUrl: posts.url });
    await mock.clock.advance('1h');
    expect(posts.posts).toHaveLength(1);
    expect(posts.posts[0]?.headers).not.toHaveProperty('traceparent');
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
