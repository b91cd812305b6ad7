import { assertEquals } from "@std/assert";
import { pad, widthOf, wrap } from "../../lib/terminal/width.ts";

const TEXT_WIDTHS: readonly (readonly [text: string, width: number])[] = [
  ["", 0],
  ["plain text", 10],
  ["grün", 4],
  ["gru\u0308n", 4],
  ["日本語", 6],
  ["한국어", 6],
  ["カタカナ", 8],
  ["ユーザー", 8],
  ["Ａ＝Ｂ", 6],
  ["🎉 done", 7],
  ["עברית", 5],
  ["— – …", 5],
];

for (const [text, width] of TEXT_WIDTHS) {
  Deno.test(`widthOf ${JSON.stringify(text)} is ${width}, and pad reckons with it`, () => {
    assertEquals([widthOf(text), widthOf(pad(text, 20)), pad(text, 0)], [width, 20, text]);
  });
}

const WRAPPED: readonly (readonly [text: string, width: number, lines: readonly string[]])[] = [
  ["", 10, [""]],
  ["one two three", 80, ["one two three"]],
  ["one two three", Infinity, ["one two three"]],
  ["one two three", 7, ["one two", "three"]],
  ["one two three", 8, ["one two", "three"]],
  ["one two three", 3, ["one", "two", "thr", "ee"]],
  ["see /home/ada/.config/rasa/global.yml", 20, ["see", "/home/ada/.config/", "rasa/global.yml"]],
  ["enum(rasa,core,nlu,e2e)", 12, ["enum(rasa,", "core,nlu,", "e2e)"]],
  ["38d23c36c9be443281196080fcdd707d or so", 32, ["38d23c36c9be443281196080fcdd707d", "or so"]],
  ["38d23c36c9be443281196080fcdd707d", 31, ["38d23c36c9be443281196080fcdd707", "d"]],
  ["a-very-long-x", 4, ["a-ve", "ry-", "long", "-x"]],
  ["日本語のテキスト", 7, ["日本語", "のテキ", "スト"]],
  ["gru\u0308n blau", 4, ["gru\u0308n", "blau"]],
];

for (const [text, width, lines] of WRAPPED) {
  Deno.test(`wrap ${JSON.stringify(text)} to ${width}`, () => assertEquals(wrap(text, width), lines));
}
