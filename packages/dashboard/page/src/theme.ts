/** Light, dark, or as the system has it. */

export type Theme = "system" | "light" | "dark";

const KEPT = "recloser-theme";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function theme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return THEMES.find((one) => one === kept) ?? "system";
}

export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length] as Theme;
  localStorage.setItem(KEPT, next);
  applyTheme();
  return next;
}

export function applyTheme(): void {
  const chosen = theme();
  if (chosen === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = chosen;
}
