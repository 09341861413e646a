import { describe, expect, it } from "vitest";
import { type Exchange, newAnswer, turnsOf, withAnswer, withoutPlace } from "./conversation";

const said = (model: string, text: string) => ({ ...newAnswer(model), text, status: "done" as const });
const exchanges: Exchange[] = [
  {
    id: 0,
    text: "One?",
    images: [],
    answers: { 0: said("a/a", "A1"), 1: said("b/b", "B1"), 2: said("c/c", "C1") },
  },
  {
    id: 1,
    text: "Two?",
    images: [],
    answers: { 0: said("a/a", ""), 1: said("b/b", "B2"), 2: said("c/c", "C2") },
  },
];

describe("a conversation side by side", () => {
  it("is each place's own, without what it never answered", () => {
    expect(turnsOf(exchanges, "0").map(({ text }) => text)).toEqual(["One?", "A1"]);
    expect(turnsOf(exchanges, "1").map(({ text }) => text)).toEqual(["One?", "B1", "Two?", "B2"]);
    expect(turnsOf(exchanges, "3")).toEqual([]);
  });

  it("keeps every answer with its model when a place is taken away", () => {
    const left = withoutPlace(exchanges, 1);
    expect(turnsOf(left, "1").map(({ text }) => text)).toEqual(["One?", "C1", "Two?", "C2"]);
    expect(left[0]?.answers).not.toHaveProperty("2");
  });

  it("changes one answer and no other", () => {
    const changed = withAnswer(exchanges, { id: 1, place: "0" }, (answer) => ({ ...answer, text: "A2" }));
    expect(changed[1]?.answers[0]?.text).toBe("A2");
    expect(changed[1]?.answers[1]).toBe(exchanges[1]?.answers[1]);
    expect(changed[0]).toBe(exchanges[0]);
  });
});
