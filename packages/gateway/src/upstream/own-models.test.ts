import { expect, test } from "vitest";
import { OwnModels } from "./own-models.ts";

const have = (models: OwnModels, ...names: string[]): boolean[] => names.map((name) => models.has(name));

test("Models have circuits of their own as long as there is a place", () => {
  const models = new OwnModels([], 2);
  expect(have(models, "a", "b", "c", "a", "b", "c")).toEqual([true, true, false, true, true, false]);
});

test("A model that has answered takes the place of one that never has", () => {
  const models = new OwnModels([], 2);
  expect(have(models, "junk1", "junk2", "real")).toEqual([true, true, false]);
  models.prove("real");
  expect(have(models, "real", "junk2", "junk1")).toEqual([true, true, false]);
});

test("A model that has answered keeps its place", () => {
  const models = new OwnModels([], 2);
  for (const model of ["a", "b", "c"]) models.prove(model);
  expect(have(models, "a", "b", "c")).toEqual([true, true, false]);
});

test("A model that the configuration names has its place from the start", () => {
  const models = new OwnModels(["mine"], 2);
  expect(have(models, "junk", "more", "mine")).toEqual([true, false, true]);
});
