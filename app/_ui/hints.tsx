"use client";

import { useEffect, useRef } from "react";

const SHOWN_AFTER_MS = 250;
/** So long the pointer may take from the value to its hint, which can be read with a magnifier (WCAG 1.4.13). */
const KEPT_FOR_MS = 150;
const GAP_PX = 6;
const EDGE_PX = 8;

/**
 * Draws what `data-hint` of an element says, on hover, on keyboard focus and on a tap. Stands once on every page: a table
 * of three hundred prices needs no three hundred tooltips. Never the only place where something is said.
 */
export function Hints() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (box.current ? listen(box.current) : undefined), []);
  return (
    <div
      ref={box}
      popover="manual"
      role="tooltip"
      className="fixed inset-auto m-0 max-w-72 rounded-md bg-ink px-2.5 py-1.5 font-mono text-inverse text-xs leading-5 shadow-pop"
    />
  );
}

/** @returns what ends the listening */
function listen(box: HTMLElement): () => void {
  const ended = new AbortController();
  const options = { signal: ended.signal, passive: true };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (waitMs: number, act: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(act, waitMs);
  };
  const hide = () => {
    clearTimeout(timer);
    if (box.matches(":popover-open")) box.hidePopover();
  };
  const show = (owner: HTMLElement) => {
    hide();
    if (!owner.isConnected) return;
    box.textContent = owner.dataset.hint ?? "";
    box.showPopover();
    place(box, owner.getBoundingClientRect());
  };
  document.addEventListener(
    "pointerover",
    ({ target, pointerType }) => {
      if (pointerType === "touch") return;
      const owner = ownerOf(target);
      if (owner) after(SHOWN_AFTER_MS, () => show(owner));
      else if (target instanceof Node && box.contains(target)) clearTimeout(timer);
      else after(KEPT_FOR_MS, hide);
    },
    options,
  );
  document.addEventListener(
    "focusin",
    ({ target }) => {
      const owner = ownerOf(target);
      if (owner?.matches(":focus-visible")) show(owner);
    },
    options,
  );
  document.addEventListener("focusout", hide, options);
  document.addEventListener(
    "click",
    (event) => {
      const owner = ownerOf(event.target);
      if (owner && event instanceof PointerEvent && event.pointerType === "touch") show(owner);
    },
    options,
  );
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide(), options);
  window.addEventListener("scroll", hide, { ...options, capture: true });
  return () => {
    hide();
    ended.abort();
  };
}

function ownerOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-hint]") : null;
}

/** Above its owner, or below where there is no room; never beyond the edge of the window. */
function place(box: HTMLElement, owner: DOMRect): void {
  const { width, height } = box.getBoundingClientRect();
  const above = owner.top - height - GAP_PX;
  const most = document.documentElement.clientWidth - width - EDGE_PX;
  const middle = owner.left + (owner.width - width) / 2;
  box.style.top = `${above >= EDGE_PX ? above : owner.bottom + GAP_PX}px`;
  box.style.left = `${Math.max(EDGE_PX, Math.min(middle, most))}px`;
}
