import type { FragmentDefinitionNode, ValidationContext } from "graphql";

/**
 * Measures fragments by name, each once however often it is spread: without that, ten fragments that spread each other
 * twice would be measured a thousand times. What a circle adds to itself is zero; the rule against circles refuses it.
 */
export function createFragmentMeasure<Measured>(
  context: Pick<ValidationContext, "getFragment">,
  nothing: Measured,
  measure: (fragment: FragmentDefinitionNode) => Measured,
): (name: string) => Measured {
  const known = new Map<string, Measured>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, nothing);
    const fragment = context.getFragment(name);
    const measured = fragment == null ? nothing : measure(fragment);
    known.set(name, measured);
    return measured;
  };
}
