/** Starts the page. */
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { App } from "./app.tsx";
import { follow } from "./stream.ts";
import { Model } from "./model.ts";
import { applyTheme } from "./theme.ts";

applyTheme();
const model = new Model();
follow(model);
render(<App model={model} />, document.getElementById("page") as HTMLElement);
