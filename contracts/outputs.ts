/** How `drawbridge.yaml` names an output, between `${` and `}`. */

const name = '[a-z][a-z0-9-]*';
const output = '[A-Za-z0-9]+';

/** Of a stack in the same place. */
export const ownOutput = `(?:stacks\\.(${name})\\.)?outputs\\.(${output})`;

/** Of an environment that comes earlier: `environments.dev.outputs.ApiUrl`, with the target and the stack where there are several. */
export const earlierOutput = `environments\\.(${name})(?:\\.targets\\.(${name}))?(?:\\.stacks\\.(${name}))?\\.outputs\\.(${output})`;
