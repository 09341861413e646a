/** How long something lasts: in hours below a day, in tenths of days below ten. */
export function daysText(days: number): string {
  if (days < 1) return days < 0.1 ? "Under 3 hours" : `${Math.floor(days * 24)} hours`;
  return `${days < 10 ? days : Math.floor(days)} ${days === 1 ? "day" : "days"}`;
}
