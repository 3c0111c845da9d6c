import {
  admits,
  type Area,
  CONTENT,
  cooldownEnds,
  CUT,
  ends,
  passes,
  scenario,
  stateIs,
  SUCCESS,
  trips,
} from "../scenario.ts";

const stream = { isStream: true } as const;
const needs = ["streams"] as const;
const cutAfterContent = [
  admits("stream", stream),
  ends("stream", CONTENT),
  passes(100),
  ends("stream", CUT, "failed"),
  passes(100),
];

export const streams: Area = {
  name: "Streams",
  scenarios: [
    scenario(
      "stream.whole",
      "A stream read to its end is a success",
      [
        admits("stream", stream),
        ends("stream", CONTENT, "running"),
        ends("stream", SUCCESS, "answered"),
        stateIs("closed"),
      ],
      { needs },
    ),
    scenario(
      "stream.cut",
      "A stream that breaks after its first content is a failure",
      [cutAfterContent, cutAfterContent, cutAfterContent, cutAfterContent, stateIs("open")].flat(),
      {
        needs,
      },
    ),
    scenario(
      "stream.probe",
      "A probe that streams closes the circuit at its first content",
      [trips(), cooldownEnds, admits("stream", stream), ends("stream", CONTENT), stateIs("closed"), admits("next")],
      { needs },
    ),
  ],
};
