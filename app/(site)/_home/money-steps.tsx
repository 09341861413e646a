const STEPS = [
  {
    title: "Add funds",
    text: "From $10. No subscription, no minimum per month; one balance for every provider.",
  },
  {
    title: "Reserve",
    text: "Before a provider is called, the most that the request can cost is held. What the balance cannot carry is refused.",
  },
  {
    title: "Settle",
    text: "When the answer ends, the true cost is deducted and the rest of the hold returns. Failed attempts cost nothing.",
  },
  {
    title: "Read the receipt",
    text: "Units × recorded price = cost, with the provider, the price version and every attempt.",
  },
] as const;

/** How billing works, in the order in which it happens. */
export function MoneySteps() {
  return (
    <ol className="grid gap-x-8 gap-y-7">
      {STEPS.map((step, index) => (
        <li key={step.title} className="grid grid-cols-[2rem_1fr] gap-x-3">
          <span
            aria-hidden="true"
            className="grid size-7 place-items-center rounded-full border border-line-strong font-medium text-ink-2 text-xs tabular-nums"
          >
            {index + 1}
          </span>
          <div>
            <h3 className="font-medium leading-7">{step.title}</h3>
            <p className="text-ink-2 text-sm leading-6">{step.text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
