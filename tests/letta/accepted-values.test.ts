import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedFields, acceptedValues, annotationOf, hasValidator, isRead, modelsWithFields } from '../../src/letta/accepted-values.ts';
import { releases } from '../../src/letta/catalogue.ts';
import { isSince } from '../../src/letta/serving-release.ts';

test('every release from 0.11.0 on has been read, and none before', () => {
  for (const { version } of releases()) assert.equal(isRead(version), isSince(version, '0.11.0'), version);
});

test('a value is accepted from the release on that brought it', () => {
  const roles = (release: string) => acceptedValues('MessageRole', release)?.includes('approval');
  assert.deepEqual(['0.11.0', '0.11.6', '0.11.7', '0.16.8'].map(roles), [false, false, true, true]);
  const cohere = (release: string) => acceptedValues('LLMConfig.model_endpoint_type', release)?.includes('cohere');
  assert.deepEqual(['0.11.3', '0.11.4'].map(cohere), [true, false]);
});

test('null: nothing of the kind, or no restriction', () => {
  assert.equal(acceptedValues('LLMConfig.effort', '0.14.0'), null);
  assert.equal(acceptedFields('RequiresApprovalToolRule', '0.11.6'), null);
  assert.equal(acceptedValues('LLMConfig._to_model_settings', '0.13.0'), null);
  assert.ok(!acceptedValues('LLMConfig._to_model_settings', '0.16.8')?.includes('ollama'));
});

test('models, annotations and validators', () => {
  assert.ok(modelsWithFields().includes('InitToolRule'));
  assert.ok(acceptedFields('InitToolRule', '0.12.0')?.includes('args'));
  assert.equal(annotationOf('AgentState.embedding_config', '0.16.1'), 'EmbeddingConfig');
  assert.deepEqual(
    ['0.16.6', '0.16.7'].map((release) => hasValidator('Block.verify_char_limit', release)),
    [true, false],
  );
});

test('what is not known is no answer', () => {
  assert.throws(() => acceptedValues('MessageRole', '0.10.1'), RangeError);
  assert.throws(() => acceptedValues('Nobody', '0.16.8'), RangeError);
});
