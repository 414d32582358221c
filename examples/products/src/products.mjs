import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

const table = process.env.TABLE_NAME;
const database = new DynamoDBClient({});

const answer = (statusCode, body) => ({ statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const put = (product) => database.send(new PutItemCommand({ TableName: table, Item: { id: { S: product.id }, name: { S: product.name }, price: { N: String(product.price) } } }));

function read(body) {
  try {
    const { name, price } = JSON.parse(body ?? '');
    return typeof name === 'string' && name !== '' && typeof price === 'number' && price >= 0 ? { name, price } : undefined;
  } catch {
    return undefined;
  }
}

/** POST /product/create */
export async function create({ body, requestContext }) {
  const wanted = read(body);
  if (wanted === undefined) return answer(400, { error: 'a product has a name, and a price that is a number' });
  const product = { id: requestContext.requestId, ...wanted };
  await put(product);
  return answer(201, product);
}

/** GET /product/find/{id} */
export async function find({ pathParameters }) {
  const { Item } = await database.send(new GetItemCommand({ TableName: table, Key: { id: { S: pathParameters.id } } }));
  if (Item === undefined) return answer(404, { error: `there is no product ${pathParameters.id}` });
  return answer(200, { id: Item.id.S, name: Item.name.S, price: Number(Item.price.N), stage: process.env.STAGE });
}

const samples = [{ id: 'tea', name: 'Tea', price: 4 }, { id: 'cup', name: 'Cup', price: 9 }];

/** POST /product/fill */
export async function fill() {
  for (const sample of samples) await put(sample);
  return answer(200, { filled: samples.map(({ id }) => id) });
}
