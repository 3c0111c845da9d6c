import { describe, expect, it } from "vitest";
import { expectNoViolation } from "./schedules.ts";

describe("the second half of all schedules", () => {
  it("violates nothing, and meets all that is usual", async () => {
    await expect(expectNoViolation(1)).resolves.toBeUndefined();
  });
});
