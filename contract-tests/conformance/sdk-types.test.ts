import { describe, expect, it } from 'vitest';
import { FULL } from '../../fixtures/full.ts';
import { loadPacks, type Pack } from '../../mock-server/index.ts';
import { differences, type Pair } from './sdk-types/compare-types.ts';

/**
 * The documents of three packs are rebuilt from the types of the vendors' SDKs. Each schema is compared with its
 * type, field by field: neither may require more than the other or have a field that the other lacks.
 */

type Schema = Readonly<Record<string, unknown>>;

function packNamed(name: string): Pack {
  const pack = loadPacks().find((one) => one.name === name);
  if (pack === undefined) throw new Error(`unknown pack "${name}"`);
  return pack;
}

function schemaOf(pack: Pack, name: string): Schema {
  const schema = pack.document.components?.schemas?.[name];
  if (schema === undefined) throw new Error(`unknown schema "${name}"`);
  return inlined(pack, schema) as Schema;
}

function inlined({ document }: Pack, node: unknown): unknown {
  const schemaAt = (reference: string): unknown =>
    document.components?.schemas?.[reference.replace('#/components/schemas/', '')];
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref: reference, ...own } = value as { $ref?: string };
    const found = reference === undefined ? {} : (walk(schemaAt(reference)) as object);
    return { ...found, ...Object.fromEntries(Object.entries(own).map(([key, inner]) => [key, walk(inner)])) };
  };
  return walk(node);
}

/** The request of one submission. */
interface Request {
  readonly schema: string;
  readonly type: string;
  readonly answer: string;
  readonly file: string;
}

describe('runwayml', () => {
  const pack = packNamed('runwayml');
  const REQUESTS: readonly Request[] = [
    ['ImageToVideo', 'image-to-video'],
    ['TextToVideo', 'text-to-video'],
    ['VideoToVideo', 'video-to-video'],
    ['TextToImage', 'text-to-image'],
    ['CharacterPerformance', 'character-performance'],
    ['AvatarVideo', 'avatar-videos'],
    ['VideoUpscale', 'video-upscale'],
    ['ImageUpscale', 'image-upscale'],
    ['VideoToHdr', 'video-to-hdr'],
    ['SoundEffect', 'sound-effect'],
    ['TextToSpeech', 'text-to-speech'],
    ['SpeechToSpeech', 'speech-to-speech'],
    ['VoiceDubbing', 'voice-dubbing'],
    ['VoiceIsolation', 'voice-isolation'],
    ['AdLocalization', 'recipes'],
    ['MarketingStockImage', 'recipes'],
    ['MultiShotVideo', 'recipes'],
    ['ProductAd', 'recipes'],
    ['ProductCampaignImage', 'recipes'],
    ['ProductSwap', 'recipes'],
    ['ProductUgc', 'recipes'],
  ].map(([schema = '', file = '']) => {
    const name = file === 'recipes' ? `Recipe${schema}` : `${schema}Create`;
    return { schema, type: `${name}Params`, answer: `${name}Response`, file };
  });

  const imports = REQUESTS.map(
    ({ type, answer, file }) => `import type { ${type}, ${answer} } from '@runwayml/sdk/resources/${file}';`,
  );

  it('has every submission of the pack in this table', () => {
    const submissions = pack.operations.filter(({ type }) => type === 'submit');
    expect(REQUESTS).toHaveLength(submissions.length);
  });

  it("accepts the requests that the SDK's types allow, model by model", async () => {
    const pairs = REQUESTS.flatMap(({ schema, type }) => pairsOfRequest(schema, type));
    expect(pairs.length).toBeGreaterThan(60);
    expect(await differences(imports, pairs)).toEqual([]);
  });

  it("answers in the SDK's types", async () => {
    const created = REQUESTS.map(({ schema, answer }): Pair => {
      const name = schema === 'AvatarVideo' ? 'CreatedAvatarVideo' : 'Created';
      return { title: `${schema}, answered`, schema: schemaOf(pack, name), type: answer };
    });
    const more = [
      "import type { TaskRetrieveResponse } from '@runwayml/sdk/resources/tasks';",
      'import type { OrganizationRetrieveResponse, OrganizationRetrieveUsageParams,',
      "OrganizationRetrieveUsageResponse } from '@runwayml/sdk/resources/organization';",
    ];
    const pairs: Pair[] = [
      ...created,
      ...pairsOfTask(),
      { title: 'Organization', schema: schemaOf(pack, 'Organization'), type: 'OrganizationRetrieveResponse' },
      { title: 'UsageQuery', schema: schemaOf(pack, 'UsageQuery'), type: 'OrganizationRetrieveUsageParams' },
      { title: 'Usage', schema: schemaOf(pack, 'Usage'), type: 'OrganizationRetrieveUsageResponse' },
    ];
    expect(await differences([...imports, ...more], pairs)).toEqual([]);
  });

  /** One for each model, and one for the list of models. */
  function pairsOfRequest(name: string, type: string): Pair[] {
    const schema = schemaOf(pack, name) as {
      readonly properties: Readonly<Record<string, Schema>>;
      readonly allOf?: readonly { if: Condition; then: Schema }[];
    };
    if (schema.allOf === undefined) return [{ title: name, schema, type }];
    // The model it is for; one recipe has several forms and calls them modes.
    const [by = 'model'] = Object.keys(schema.allOf[0]?.if.properties ?? {});
    const choice = { type: 'object', required: [by], properties: { [by]: schema.properties[by] } };
    return [
      { title: `${name}, each ${by}`, schema: choice, type: `{ ${by}: ${type}['${by}'] }` },
      ...schema.allOf.map(({ if: condition, then }) => {
        const chosen = condition.properties[by]?.const;
        const title = `${name} of ${chosen}`;
        return { title, schema: then, type: `Extract<${type}, { ${by}: '${chosen}' }>` };
      }),
    ];
  }

  interface Condition {
    readonly properties: Readonly<Record<string, { readonly const: string }>>;
  }

  /** One for each state, with the fields that are required in it, except the failure code. */
  function pairsOfTask(): Pair[] {
    const { properties, required, allOf } = schemaOf(pack, 'Task') as {
      readonly properties: Readonly<Record<string, Schema>>;
      readonly required: readonly string[];
      readonly allOf: readonly {
        readonly if: { readonly properties: { readonly status: { readonly const: string } } };
        readonly then: { readonly required: readonly string[] };
      }[];
    };
    return allOf.map(({ if: condition, then }) => {
      const { status } = condition.properties;
      const names = [...required, ...then.required, ...(status.const === 'FAILED' ? ['failureCode'] : [])];
      const fields = Object.fromEntries(names.map((name) => [name, properties[name]]));
      return {
        title: `Task, ${status.const}`,
        schema: {
          type: 'object',
          required: [...required, ...then.required],
          properties: { ...fields, status },
        },
        type: `Extract<TaskRetrieveResponse, { status: '${status.const}' }>`,
      };
    });
  }
});

describe.runIf(FULL)('dream-machine', () => {
  const pack = packNamed('dream-machine');
  const imports = [
    'import type { Generation, GenerationListResponse, GenerationAudioParams, GenerationUpscaleParams,',
    "GenerationCreateParams } from 'lumaai/resources/generations/generations';",
    "import type { VideoCreateParams, VideoModifyParams, VideoReframeParams } from 'lumaai/resources/generations/video';",
    "import type { ImageCreateParams, ImageReframeParams } from 'lumaai/resources/generations/image';",
    "import type { ConceptListResponse } from 'lumaai/resources/generations/concepts';",
    "import type { CreditGetResponse } from 'lumaai/resources/credits';",
    "import type { PingCheckResponse } from 'lumaai/resources/ping';",
  ];

  it.each([
    ['VideoRequest', 'VideoCreateParams'],
    ['VideoRequest', 'GenerationCreateParams'],
    ['ModifyVideoRequest', 'VideoModifyParams'],
    ['ReframeVideoRequest', 'VideoReframeParams'],
    ['ImageRequest', 'ImageCreateParams'],
    ['ReframeImageRequest', 'ImageReframeParams'],
    ['UpscaleRequest', 'GenerationUpscaleParams'],
    ['AudioRequest', 'GenerationAudioParams'],
    ['Generation', 'Generation', 'assets', 'failure_reason'],
    ['GenerationList', 'GenerationListResponse', 'generations'],
    ['Credits', 'CreditGetResponse'],
    ['Ping', 'PingCheckResponse'],
    ['Concepts', 'ConceptListResponse'],
  ])('has %s as the SDK has %s', async (name, type, ...except) => {
    expect(await differences(imports, [{ title: name, schema: schemaOf(pack, name), type, except }])).toEqual(
      [],
    );
  });
});

describe.runIf(FULL)('replicate', () => {
  const pack = packNamed('replicate');
  const imports = [
    "import type { Account, Hardware, Page, Prediction, WebhookSecret } from 'replicate';",
    "import type Replicate from 'replicate';",
    "type Create = Parameters<Replicate['deployments']['predictions']['create']>[2];",
  ];
  /** The vendor's page about webhooks shows null in these fields. */
  const NULL_AS_WELL = ['logs', 'metrics', 'started_at', 'completed_at'];

  it("matches the SDK's types", async () => {
    const prediction = schemaOf(pack, 'Prediction') as { readonly required: readonly string[] };
    const { required } = schemaOf(pack, 'WholePrediction') as { readonly required: readonly string[] };
    const whole = { ...prediction, required: [...prediction.required, ...required] };
    const page = schemaOf(pack, 'PredictionPage');
    const pairs: Pair[] = [
      // `object` is any object, which an index signature cannot express.
      { title: 'Prediction', schema: whole, type: 'Prediction', except: ['input', ...NULL_AS_WELL] },
      { title: 'Page', schema: page, type: 'Page<Prediction>', except: ['previous', 'next', 'results'] },
      { title: 'Account', schema: schemaOf(pack, 'Account'), type: 'Account' },
      { title: 'WebhookSecret', schema: schemaOf(pack, 'WebhookSecret'), type: 'WebhookSecret' },
      { title: 'Hardware', schema: schemaOf(pack, 'Hardware'), type: 'Hardware[]' },
      {
        title: 'Request',
        schema: schemaOf(pack, 'Request'),
        type: 'Create',
        // The SDK sends the first two elsewhere.
        except: ['wait', 'signal', 'version', 'input'],
      },
    ];
    expect(await differences(imports, pairs)).toEqual([]);
  });
});

describe('a comparison of types', () => {
  const type = "{ a: string; b?: 'x' | 'y'; c?: { d: number }[] }";
  const schema = {
    type: 'object',
    required: ['a'],
    properties: {
      a: { type: 'string', minLength: 1 },
      b: { enum: ['x', 'y'] },
      c: { type: 'array', items: { type: 'object', required: ['d'], properties: { d: { type: 'number' } } } },
    },
  };
  const compared = (change: object) => {
    const properties = { ...schema.properties, ...change };
    return differences([], [{ title: 'it', schema: { ...schema, properties }, type }]);
  };

  it('finds no difference between equal types', async () => {
    expect(await compared({})).toEqual([]);
  });

  it.each([
    ['an optional field that should be required', { ...schema, required: [] }],
    ['a required field that should be optional', { ...schema, required: ['a', 'b'] }],
    ['another type', { ...schema, properties: { ...schema.properties, a: { type: 'number' } } }],
    ['a missing value', { ...schema, properties: { ...schema.properties, b: { enum: ['x'] } } }],
    [
      'an additional value',
      { ...schema, properties: { ...schema.properties, b: { enum: ['x', 'y', 'z'] } } },
    ],
    ['an additional field', { ...schema, properties: { ...schema.properties, e: { type: 'string' } } }],
    ['a missing field', { ...schema, properties: { a: schema.properties.a, b: schema.properties.b } }],
  ])('finds %s', async (_what, changed) => {
    const found = await differences([], [{ title: 'it', schema: changed, type }]);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/^it: /);
  });

  it('finds nested differences', async () => {
    const items = { type: 'object', required: ['d'], properties: { d: { type: 'string' } } };
    expect(await compared({ c: { type: 'array', items } })).not.toEqual([]);
  });
});
