/**
 * A moment by this machine's clock and zone, as a person reads it: `15:04`, with its date where it isn't today. Seconds
 * are cut off, so that what is promised not to happen before it doesn't. UTC is named: it is the zone of servers and
 * containers, and seldom that of whoever reads what they say.
 */
export function clockTime(moment: Date, now: Date): string {
  const [hours, minutes] = [moment.getHours(), moment.getMinutes()];
  const day = moment.toDateString() === now.toDateString() ? "" : `${dayOf(moment)} `;
  const zone = moment.getTimezoneOffset() === 0 ? " UTC" : "";
  return `${day}${twoDigits(hours)}:${twoDigits(minutes)}${zone}`;
}

function dayOf(moment: Date): string {
  const year = String(moment.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
