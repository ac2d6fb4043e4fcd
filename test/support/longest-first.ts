import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Short files that take long; the others are begun in the order of their size. */
const LONG = /\/(sync-recovery|access-token-broker|foreign|start|backup|run|rotation|transit)\.test\.ts$/;

/** Begins with the files that take longest, so that none of them ends alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
