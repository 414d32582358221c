import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand, type DeleteCommandInput, DynamoDBDocumentClient, GetCommand, PutCommand, type PutCommandInput, QueryCommand, TransactWriteCommand, UpdateCommand, type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Row = Readonly<Record<string, unknown>>;
type Conditional = Pick<PutCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

interface TransactItem { readonly Put?: PutCommandInput; readonly Update?: UpdateCommandInput; readonly Delete?: DeleteCommandInput; readonly ConditionCheck?: Conditional & { readonly Key: Row } }

const idOf = (key: Row | undefined): string => JSON.stringify([key?.['pk'], key?.['sk']]);

const isOrdered = (value: unknown): value is number | string => typeof value === 'number' || typeof value === 'string';

/** DynamoDB keeps no `undefined`. */
const kept = (row: Row): Row => structuredClone(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)));

/** The table with its rows: what is written is read again, and a condition that does not hold refuses the write. It knows as much of expressions as we use. */
export class FakeTable {
  readonly rows = new Map<string, Row>();
  readonly mock = mockClient(DynamoDBDocumentClient);
  /** Runs before each conditional write: somebody else may be faster. */
  beforeWrite: () => void = () => undefined;

  install(): this {
    this.mock.on(GetCommand).callsFake(({ Key }: { Key: Row }) => ({ Item: structuredClone(this.rows.get(idOf(Key))) }));
    this.mock.on(PutCommand).callsFake((input: PutCommandInput) => {
      this.#checkOne(input, idOf(input.Item));
      this.#put(input.Item);
    });
    this.mock.on(DeleteCommand).callsFake((input: DeleteCommandInput) => {
      this.#checkOne(input, idOf(input.Key));
      this.rows.delete(idOf(input.Key));
    });
    this.mock.on(UpdateCommand).callsFake((input: UpdateCommandInput) => {
      this.#checkOne(input, idOf(input.Key));
      return { Attributes: this.#update(input) };
    });
    this.mock.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values, ScanIndexForward: forward, Limit }: { ExpressionAttributeValues: Record<string, string>; ScanIndexForward?: boolean; Limit?: number }) => {
      const found = [...this.rows.values()].filter(({ pk, sk }) => pk === values[':pk'] && String(sk).startsWith(values[':sk'] ?? '')).sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
      return { Items: structuredClone((forward === false ? found.reverse() : found).slice(0, Limit)) };
    });
    this.mock.on(TransactWriteCommand).callsFake(({ TransactItems = [] }: { TransactItems?: TransactItem[] }) => {
      this.beforeWrite();
      const codes = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => (this.#holds(Put ?? Update ?? Delete ?? ConditionCheck ?? {}, idOf(Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key)) ? 'None' : 'ConditionalCheckFailed'));
      if (codes.includes('ConditionalCheckFailed')) {
        throw new TransactionCanceledException({ message: `Transaction cancelled [${codes.join(', ')}]`, $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });
      }
      for (const { Put, Update, Delete } of TransactItems) {
        if (Put !== undefined) this.#put(Put.Item);
        if (Update !== undefined) this.#update(Update);
        if (Delete !== undefined) this.rows.delete(idOf(Delete.Key));
      }
    });
    return this;
  }

  restore(): void {
    this.mock.restore();
  }

  /** Rows of which the key begins so, in order. */
  under(pk: string, sk = ''): Row[] {
    return [...this.rows.values()].filter((row) => String(row['pk']).startsWith(pk) && String(row['sk']).startsWith(sk)).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  }

  #put(item: Row | undefined): void {
    this.rows.set(idOf(item), kept(item ?? {}));
  }

  #checkOne(input: Conditional, id: string): void {
    if (input.ConditionExpression !== undefined) this.beforeWrite();
    if (!this.#holds(input, id)) throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
  }

  #holds({ ConditionExpression: condition, ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Conditional, id: string): boolean {
    const row = this.rows.get(id);
    const holds = (part: string): boolean => {
      const missing = /^attribute_not_exists\((.*)\)$/.exec(part)?.[1];
      if (missing !== undefined) return row?.[names[missing] ?? missing] === undefined;
      const present = /^attribute_exists\((.*)\)$/.exec(part)?.[1];
      if (present !== undefined) return row?.[names[present] ?? present] !== undefined;
      const [, name = '', sign, value = ''] = /^(\S+) (=|>|<|<=) (\S+)$/.exec(part) ?? [];
      if (sign === undefined) throw new Error(`The fake table does not know the condition ${part}.`);
      const [left, right] = [row?.[names[name] ?? name], values[value] as unknown];
      if (sign === '=') return isDeepStrictEqual(left, right);
      // DynamoDB compares numbers with numbers and texts with texts; what is not there is neither less nor more.
      if (!isOrdered(left) || !isOrdered(right) || typeof left !== typeof right) return false;
      return sign === '>' ? left > right : sign === '<' ? left < right : left <= right;
    };
    const bare = (part: string) => (part.startsWith('(') ? part.slice(1, -1) : part);
    return (condition ?? '') === '' || (condition ?? '').split(' OR ').some((either) => bare(either).split(' AND ').every(holds));
  }

  #update({ Key, UpdateExpression = '', ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: UpdateCommandInput): Row {
    const row: Record<string, unknown> = { ...this.rows.get(idOf(Key)), ...Key };
    for (const [, verb = '', list = ''] of UpdateExpression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= (?:SET|REMOVE|ADD) |$)/g)) {
      for (const part of list.split(', ')) {
        const [name = '', , third = ''] = part.split(' ');
        const field = names[name] ?? name;
        if (verb === 'SET') row[field] = values[third] as unknown;
        else if (verb === 'REMOVE') Reflect.deleteProperty(row, field);
        else row[field] = Number(row[field] ?? 0) + Number(values[part.split(' ')[1] ?? '']);
      }
    }
    this.#put(row);
    return row;
  }
}
