import { ButtonLink } from "./button-link";
import { CommandButton, CommandCentre } from "./commands/command-menu";
import { Link } from "./link";
import { Logo } from "./logo";
import { SITE_LINKS } from "./site-links";
import { SiteMenu } from "./site-menu";
import { SiteNavLink } from "./site-nav-link";
import { ThemeToggle } from "./theme-toggle";

/** The head of every public page. */
export function SiteHeader() {
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-canvas/85 backdrop-blur-md">
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-4 sm:px-6">
        <Link href="/" aria-label="DeepTokenInference, home" className="mr-5 flex rounded-md py-1">
          <Logo />
        </Link>
        <nav aria-label="Main" className="hidden items-center gap-1 md:flex">
          {SITE_LINKS.map((link) => (
            <SiteNavLink key={link.href} {...link} />
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-1.5">
          <CommandButton />
          <ThemeToggle />
          <ButtonLink href="/sign-in" variant="ghost" size="sm" className="hidden sm:inline-flex">
            Sign in
          </ButtonLink>
          <ButtonLink href="/sign-up" size="sm" className="hidden min-[420px]:inline-flex">
            Start building
          </ButtonLink>
          <SiteMenu />
        </div>
      </div>
      <CommandCentre />
    </header>
  );
}
