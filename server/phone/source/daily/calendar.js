// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const ISO_DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n");
const stamp = (date) => date.toISOString().replace(/[-:]|\.\d+/g, "");

/** The next time that it is this hour on this ISO weekday, Monday being 1, on the phone's own clock. */
function next(weekday, time, now) {
  const [hours, minutes] = time.split(":").map(Number);
  const when = new Date(now);
  when.setHours(hours, minutes, 0, 0);
  when.setDate(when.getDate() + ((weekday - (when.getDay() || 7) + 7) % 7));
  if (when <= now) when.setDate(when.getDate() + 7);
  return when;
}

const local = (date) => {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}T${two(date.getHours())}${two(date.getMinutes())}00`;
};

/**
 * A weekly event with an alarm, as a calendar takes it (RFC 5545), in the time of wherever the phone is.
 *
 * @param {{id: string, title: string, weekday: number, time: string}} reminder
 * @param {Date} [now]
 */
export function weeklyEvent({ id, title, weekday, time }, now = new Date()) {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//acnetrack//phone//EN",
    "BEGIN:VEVENT",
    `UID:${id}@acnetrack`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${local(next(weekday, time, now))}`,
    "DURATION:PT5M",
    `RRULE:FREQ=WEEKLY;BYDAY=${ISO_DAYS[weekday - 1]}`,
    `SUMMARY:${escaped(title)}`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escaped(title)}`,
    "TRIGGER:PT0S",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.join("\r\n")}\r\n`;
}
