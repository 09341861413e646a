/** What always holds of the books, and which job looks. `check_invariants` and the reconciliation speak of them by name. */
export const INVARIANTS = [
  {
    name: "I1",
    by: "invariants",
    text: "An organization's balance is what its ledger says: credits less debits and usage.",
  },
  { name: "I2", by: "invariants", text: "No balance, lease or hold is below zero." },
  {
    name: "I3",
    by: "invariants",
    text: "A request has at most one usage record, a fact at most one transfer. Kept by the database itself.",
  },
  {
    name: "I4",
    by: "invariants",
    text: "A request costs at most what was reserved; settled ones have a usage record, void ones none.",
  },
  { name: "I5", by: "invariants", text: "What was used and is reserved never exceeds what came in." },
  { name: "I6", by: "invariants", text: "No request in flight is two minutes past its end." },
  { name: "I7", by: "invariants", text: "A lease carries what was spent on it." },
  { name: "I8", by: "invariants", text: "An organization has at most one open lease." },
  {
    name: "I9",
    by: "runtime",
    text: "Counters hold what is in flight. Rebuilt from the database; compared by the fault tests.",
  },
  {
    name: "I10",
    by: "runtime",
    text: "Counters never show less than was spent. Rebuilt from the database; compared by the fault tests.",
  },
  {
    name: "I11",
    by: "invariants",
    text: "Every usage record has its price version, and pricing it again gives the same amount.",
  },
  { name: "I12", by: "invariants", text: "Ledger and audit chains are unbroken." },
  { name: "I13", by: "reconcile", text: "Day by day, the ledger moved what Stripe moved." },
  { name: "I14", by: "reconcile", text: "Providers' invoices agree with our own count within 0.5 %." },
  { name: "I15", by: "invariants", text: "Balance buckets are the sum of what they are made of." },
  { name: "I16", by: "invariants", text: "Hourly roll-ups are the sum of the usage records." },
  { name: "I17", by: "invariants", text: "Records are in the partition of their month." },
] as const;
