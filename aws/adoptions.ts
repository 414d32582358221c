import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Adoption } from '../contracts/adoption.ts';
import { unlessRefused } from './errors.ts';
import { queryRows, readRow } from './rows.ts';
import { keys, table } from './table.ts';

type Place = Pick<Adoption, 'account' | 'region' | 'stackName'>;

/** Whether somebody lets an application take over a stack. */
export async function findAdoption(tableName: string, place: Place): Promise<Adoption | undefined> {
  return await readRow(tableName, keys.adoption(place), Adoption);
}

export async function listAdoptions(tableName: string): Promise<Adoption[]> {
  return await queryRows(tableName, { pk: keys.adoptions().pk, skBegins: keys.adoptions().sk }, Adoption);
}

const ofTheSame = {
  ConditionExpression: 'attribute_not_exists(pk) OR (application = :application AND environment = :environment)',
  values: ({ application, environment }: Pick<Adoption, 'application' | 'environment'>) => ({ ':application': application, ':environment': environment }),
};

/** @returns `false` when the stack is adopted for something else already */
export async function writeAdoption(tableName: string, adoption: Adoption): Promise<boolean> {
  const { ConditionExpression, values } = ofTheSame;
  return await unlessRefused(`adopting ${adoption.stackName}`, () =>
    table().send(new PutCommand({ TableName: tableName, Item: { ...adoption, ...keys.adoption(adoption) }, ConditionExpression, ExpressionAttributeValues: values(adoption) })),
  );
}

/** @returns `false` when the stack is adopted for something else */
export async function removeAdoption(tableName: string, adoption: Place & Pick<Adoption, 'application' | 'environment'>): Promise<boolean> {
  const { ConditionExpression, values } = ofTheSame;
  return await unlessRefused(`taking back the adoption of ${adoption.stackName}`, () =>
    table().send(new DeleteCommand({ TableName: tableName, Key: keys.adoption(adoption), ConditionExpression, ExpressionAttributeValues: values(adoption) })),
  );
}
