import type { Page } from "playwright/test";

/**
 * What is wrong with how a page lies: wider than its window, text beyond the window or outside its button, cut off
 * without a way to read it, or on top of other text. Each as `what: “text”`.
 */
export function layoutProblems(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    /** Rounding, and the slant of italics. */
    const SLACK = 2;
    const problems: string[] = [];
    const width = document.documentElement.clientWidth;
    const scrollWidth = document.documentElement.scrollWidth;
    if (scrollWidth > width) problems.push(`${scrollWidth} px wide in a window of ${width} px`);

    const lines: Line[] = [];
    for (const line of textsOf(document.body).flatMap(linesOf)) {
      const { element, text } = line;
      const frame = frameOf(element);
      const uncut = within(line.box, frame.cuts);
      if (uncut !== line.box && !isReadableElsewhere(element)) note("cut off", text);
      const box = within(uncut, frame.scrolls);
      if (!frame.scrolls && (box.left < -SLACK || box.right > width + SLACK)) note("beyond the window", text);
      lines.push({ ...line, box });
      const control = element.closest("button, a, [role=tab], summary");
      if (control && sticksOut(box, control.getBoundingClientRect())) note("outside its control", text);
    }
    for (const [one, other] of overlaps(lines)) note(`on top of “${other}”`, one);
    return [...new Set(problems)];

    interface Line {
      readonly element: Element;
      readonly box: DOMRect;
      readonly text: string;
      readonly layer: Element | null;
    }

    function note(what: string, text: string) {
      problems.push(`${what}: “${text.trim().slice(0, 60)}”`);
    }

    function textsOf(root: Element): Text[] {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const found: Text[] = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.nodeValue?.trim() && node.parentElement && isShown(node.parentElement))
          found.push(node as Text);
      return found;
    }

    function isShown(element: Element): boolean {
      if (
        element.closest(
          "script, style, noscript, template, svg, option, .sr-only, [inert], [aria-hidden=true]",
        )
      )
        return false;
      return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    }

    function linesOf(node: Text): Line[] {
      const element = node.parentElement;
      if (!element) return [];
      const range = document.createRange();
      range.selectNodeContents(node);
      const layer = layerOf(element);
      return [...range.getClientRects()]
        .filter(({ width: wide, height }) => wide > 1 && height > 1)
        .map((box) => ({ element, box, text: node.nodeValue ?? "", layer }));
    }

    /** What moves on its own, over the page: a bar that sticks, a dialog, a popup. */
    function layerOf(element: Element): Element | null {
      for (let at: Element | null = element; at; at = at.parentElement)
        if (/fixed|sticky/.test(getComputedStyle(at).position)) return at;
      return null;
    }

    /** The nearest box that hides what does not fit, and the one around it that can be scrolled. */
    function frameOf(element: Element): { readonly cuts: Element | null; readonly scrolls: Element | null } {
      let cuts: Element | null = null;
      for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (/auto|scroll/.test(overflowX) || /auto|scroll/.test(overflowY)) return { cuts, scrolls: at };
        if (!cuts && /hidden|clip/.test(overflowX)) cuts = at;
      }
      return { cuts, scrolls: null };
    }

    /** An ellipsis is no loss where the whole text is a hint, a link further, or in the list that opens. */
    function isReadableElsewhere(element: Element): boolean {
      return element.closest("[title], a[href], [aria-haspopup]") !== null;
    }

    /** What is seen of a line in a box; the line itself where all of it is. */
    function within(box: DOMRect, frame: Element | null): DOMRect {
      const edge = frame?.getBoundingClientRect();
      if (!edge) return box;
      const right = Math.min(box.right, edge.right);
      const bottom = Math.min(box.bottom, edge.bottom);
      if (right >= box.right - SLACK && bottom >= box.bottom - SLACK - box.height / 4) return box;
      return new DOMRect(box.left, box.top, Math.max(0, right - box.left), Math.max(0, bottom - box.top));
    }

    function sticksOut(box: DOMRect, edge: DOMRect): boolean {
      const isSideways = box.left < edge.left - SLACK || box.right > edge.right + SLACK;
      // Line boxes are higher than their letters.
      const slackY = SLACK + box.height / 4;
      return isSideways || box.top < edge.top - slackY || box.bottom > edge.bottom + slackY;
    }

    function overlaps(all: readonly Line[]): [string, string][] {
      const sorted = [...all].sort((a, b) => a.box.top - b.box.top);
      const found: [string, string][] = [];
      for (const [index, one] of sorted.entries()) {
        for (let next = index + 1; next < sorted.length; next += 1) {
          const other = sorted[next];
          if (!other || other.box.top >= one.box.bottom) break;
          if (one.element !== other.element && one.layer === other.layer && cross(one.box, other.box))
            found.push([one.text, other.text]);
        }
      }
      return found;
    }

    function cross(a: DOMRect, b: DOMRect): boolean {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return wide > SLACK * 2 && high > Math.min(a.height, b.height) / 2;
    }
  });
}
