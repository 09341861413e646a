const day = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "long",
  day: "numeric",
  timeZone: "UTC",
});

/** A day of the calendar, the same for every reader. @param date `YYYY-MM-DD` */
export function PostDate({ date }: { readonly date: string }) {
  return <time dateTime={date}>{day.format(new Date(date))}</time>;
}
