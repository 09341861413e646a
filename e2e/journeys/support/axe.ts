import axe from "axe-core";
import type { Page } from "playwright/test";

type Axe = typeof axe;

/** What a theme can break. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"] as const;

export interface AxeOptions {
  /** `colours` for the rules that a theme can break, `rest` for the others. */
  readonly rules?: "all" | "colours" | "rest";
  /** Only elements whose text is shown now and was not when {@link rememberColours} looked, or had other colours or sizes. */
  readonly onlyChanged?: boolean;
}

/**
 * What axe finds on a page as it is now, as `rule at element`. Axe is put in once a page and answers its findings only:
 * what it passed is many times as much, and nobody reads it.
 */
export async function axeProblems(
  page: Page,
  { rules = "all", onlyChanged = false }: AxeOptions = {},
): Promise<readonly string[]> {
  const isThere = await page.evaluate(() => "axe" in window);
  if (!isThere) await page.evaluate(axe.source);
  return page.evaluate(
    async ({ only, without, changed }) => {
      const { axe: here, changedText } = window as unknown as { axe: Axe; changedText?: () => Element[] };
      const include = changed ? (changedText?.() ?? []) : [document.documentElement];
      if (include.length === 0) return [];
      const { violations } = await here.run(
        { include: include as HTMLElement[] },
        {
          resultTypes: ["violations"],
          // Frames of ours have no script of ours, and axe would wait for their answer.
          iframes: false,
          ...(only ? { runOnly: { type: "rule" as const, values: [...only] } } : {}),
          rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
        },
      );
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(" ")}`));
    },
    {
      only: rules === "colours" ? COLOUR_RULES : null,
      without: rules === "rest" ? COLOUR_RULES : [],
      changed: onlyChanged,
    },
  );
}

/**
 * Notes of every text on the page which colours it stands in. Contrast is three quarters of what axe does, and at another
 * width most texts have the colours that were judged already.
 */
export async function rememberColours(page: Page): Promise<void> {
  await page.evaluate(() => {
    const here = window as unknown as {
      judgedText?: WeakMap<Element, Set<string>>;
      changedText?: () => Element[];
    };
    here.judgedText ??= new WeakMap();
    const judged = here.judgedText;
    for (const [element, look] of looks()) judged.set(element, (judged.get(element) ?? new Set()).add(look));
    here.changedText = () =>
      [...looks()].filter(([element, look]) => !judged.get(element)?.has(look)).map(([element]) => element);

    /** Every element with text of its own that is shown, and all that decides about its contrast. */
    function looks(): Map<Element, string> {
      const grounds = new Map<Element, string>();
      const found = new Map<Element, string>();
      for (const element of document.body.querySelectorAll("*")) {
        const hasText = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim(),
        );
        if (!hasText || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
          continue;
        const { color, fontSize, fontWeight } = getComputedStyle(element);
        found.set(element, `${color} ${fontSize} ${fontWeight} ${groundOf(element)}`);
      }
      return found;

      function groundOf(element: Element): string {
        const known = grounds.get(element);
        if (known !== undefined) return known;
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
        const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
        const ground = element.parentElement ? `${own}, ${groundOf(element.parentElement)}` : own;
        grounds.set(element, ground);
        return ground;
      }
    }
  });
}
