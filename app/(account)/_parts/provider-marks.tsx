/** The icon set has no marks of companies. Both are drawn in one colour, the text's own. */
export function GitHubMark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4" fill="currentColor">
      <path d="M8 0a8 8 0 0 0-2.53 15.59c.4.07.55-.17.55-.38v-1.33c-2.23.48-2.7-1.07-2.7-1.07-.36-.93-.89-1.18-.89-1.18-.73-.5.05-.49.05-.49.8.06 1.23.83 1.23.83.71 1.22 1.87.87 2.33.66.07-.52.28-.87.5-1.07-1.77-.2-3.64-.89-3.64-3.95 0-.87.31-1.59.82-2.15-.08-.2-.36-1.01.08-2.11 0 0 .67-.21 2.2.82a7.6 7.6 0 0 1 4 0c1.53-1.03 2.2-.82 2.2-.82.44 1.1.16 1.91.08 2.11.51.56.82 1.28.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48v2.19c0 .21.15.46.55.38A8 8 0 0 0 8 0Z" />
    </svg>
  );
}

export function GoogleMark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4" fill="currentColor">
      <path d="M8.2 6.9v2.6h3.6c-.3 1.5-1.6 2.5-3.6 2.5a4 4 0 1 1 0-8c1 0 1.9.36 2.6 1l1.9-1.9A6.6 6.6 0 0 0 8.2 1.3a6.7 6.7 0 1 0 0 13.4c3.9 0 6.4-2.7 6.4-6.5 0-.45-.04-.88-.12-1.3H8.2Z" />
    </svg>
  );
}
