/** The form's choices as the API's parameters; what is left at its default is not sent. */
import { curlLine, readable } from "./query.js";

const PRICE_BY_COLOUR = {
  dtype: "array",
  group_by: [{ name: "color", field: "data.color" }],
  values: { price: { aggregation: "min", field: "data.price" } },
};

const CARD_FIELDS = ["image_url", "price", "color", "brand"];

export class Parameters {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
  }

  /** Names and values, in the form's order: the same choice is the same query each time. */
  pairs() {
    const { elements } = this.form;
    const chosen = [
      ...given("use_segmentation", elements.use_segmentation.checked && "true"),
      ...given("return_segments", elements.return_segments.checked && "true"),
      ...given("search_crop_type", elements.search_crop_type.value),
      ...given("section", elements.section.value.trim()),
      ...words(elements.us.value).map((segment) => ["us", segment]),
    ];
    return [...chosen, ...this.#formatting()];
  }

  #formatting() {
    const { elements } = this.form;
    const option = (name) => given(`fmt_options[${name}]`, elements[name].value);
    const fields = elements.card_fields.checked ? CARD_FIELDS : [];
    const map = elements.variations_map.checked && JSON.stringify(PRICE_BY_COLOUR);
    return [
      ...fields.map((field) => ["fmt_options[fields]", field]),
      ...option("variations_return_type"),
      ...option("groups_max_depth"),
      ...option("facet_groups_limit"),
      ...given("variations_map", map),
    ];
  }
}

/** Shows what the form says, and lets it be copied as a curl line. */
export class Preview {
  constructor({ query, curl, copy, said }, api) {
    this.places = { query, curl };
    this.api = api;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(curl.textContent);
      said("The curl line is copied.");
    });
  }

  show(pairs, name = "photo.jpg") {
    this.places.query.textContent = readable(pairs) || "none: all defaults";
    this.places.curl.textContent = curlLine(this.api, pairs, name);
  }
}

function given(name, value) {
  return value ? [[name, value]] : [];
}

function words(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}
