import { describe, expect, it } from 'vitest';
import { risks } from '../../../domain/risks.ts';
import { grantsAccess } from '../../../domain/stateful-types.ts';
import { aChange } from '../../fakes/samples.ts';

describe('the lines for an approver', () => {
  it('come most dangerous first, with certain and possible replacements apart', () => {
    const lines = risks([
      aChange({ logicalId: 'Function', type: 'AWS::Lambda::Function', replacement: 'Conditional' }),
      aChange({ logicalId: 'Old', type: 'AWS::Lambda::Function', action: 'Remove' }),
      aChange({ logicalId: 'Role', type: 'AWS::IAM::Role' }),
      aChange({ logicalId: 'Maybe', replacement: 'Conditional', details: [{ attribute: 'Properties', name: 'TableName', recreation: 'Conditionally' }] }),
      aChange({ logicalId: 'Sure', replacement: 'True', details: [{ attribute: 'Properties', name: 'KeySchema', recreation: 'Always' }, { attribute: 'Properties', name: 'Tags', recreation: 'Never' }] }),
      aChange({ logicalId: 'Data', action: 'Remove' }),
    ]);
    expect(lines).toEqual([
      'Deletes Data (AWS::DynamoDB::Table); what it holds is lost.',
      'Replaces Sure (AWS::DynamoDB::Table) because KeySchema changes; what it holds is lost.',
      'May replace Maybe (AWS::DynamoDB::Table) because TableName changes; what it holds is lost.',
      'Changes who may do what: Role (AWS::IAM::Role).',
      'Deletes Old (AWS::Lambda::Function).',
      'May replace Function (AWS::Lambda::Function) because BillingMode changes.',
    ]);
  });

  it('say when the data outlives the change', () => {
    expect(risks([aChange({ action: 'Remove', policyAction: 'Retain' })])).toEqual(['Deletes Table (AWS::DynamoDB::Table); the old one is kept.']);
    expect(risks([aChange({ replacement: 'True', policyAction: 'ReplaceAndSnapshot' })])[0]).toMatch(/a snapshot is kept\.$/);
  });

  it('say nothing of a harmless change', () => {
    expect(risks([aChange(), aChange({ action: 'Add', type: 'AWS::SQS::Queue' })])).toEqual([]);
  });

  it.each(['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::Lambda::Permission', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'])('know that %s says who may do what', (type) => {
    expect(grantsAccess(type)).toBe(true);
  });

  it('never repeat a line for one change', () => {
    expect(risks([aChange({ action: 'Remove', type: 'AWS::S3::BucketPolicy' })])).toHaveLength(1);
  });
});
