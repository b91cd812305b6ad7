// Written by `deno task drift --rasa FOLDER --write`, and reviewed as a difference. Words are only ever added.

import type { ReadWords } from "../definition.ts";

/** Words that were read from an installed Rasa. */
export const READ: ReadWords = {
  source: "rasa-pro 3.21.0 and before: the names of the channels that a server can listen on",
  words: `
  audiocodes audiocodes_stream botframework browser_audio callback chirp cmdline facebook genesys hangouts inspector
  jambonz jambonz_stream json_audio mattermost rasa rest rocketchat signalwire slack socketio telegram twilio
  twilio_media_streams twilio_voice vier_cvg vonage webexteams websockets_voice
  `,
};
