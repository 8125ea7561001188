// A dialog: a form made of a table of fields (forms.js).

import { formOf } from "./forms.js";
import { change } from "./store.js";
import { Component, html } from "./view.js";

export class Dialog extends Component {
  componentDidMount() {
    this.element.showModal();
  }

  render({ dialog }) {
    const { title, text, fields, label, does, danger } = formOf(dialog);
    const close = () => change({ dialog: null });
    const submit = (event) => {
      event.preventDefault();
      const values = valuesOf(event.currentTarget, fields);
      close();
      does(values);
    };
    const remove = () => {
      close();
      danger.does();
    };
    return html`<dialog aria-labelledby="dialog-title" onClose=${close} ref=${(it) => (this.element = it)}>
      <form onSubmit=${submit}>
        <h2 id="dialog-title">${title}</h2>
        ${text && html`<p>${text}</p>`}
        ${fields.map((field) => html`<${Field} ...${field} />`)}
        <div class="dialog-buttons">
          ${danger && html`<button type="button" class="danger" onClick=${remove}>${danger.label}</button>`}
          <button type="button" onClick=${close}>Cancel</button>
          <button class="primary">${label}</button>
        </div>
      </form>
    </dialog>`;
  }
}

function Field({ label, type, hint, value, options, ...others }) {
  if (type === "check") {
    return html`<label class="check">
      <input type="checkbox" name=${others.name} defaultChecked=${value} /> ${label}
    </label>`;
  }
  if (type === "choice") {
    return html`<label class="field">
      <span>${label}</span>
      <select name=${others.name}>${options.map((each) => html`<option>${each}</option>`)}</select>
    </label>`;
  }
  const list = options && `${others.name}-options`;
  return html`<label class="field">
    <span>${label}</span>
    <input type=${type} defaultValue=${value} placeholder=${hint} list=${list} ...${others} />
    ${options && html`<datalist id=${list}>${options.map((each) => html`<option value=${each} />`)}</datalist>`}
  </label>`;
}

function valuesOf(form, fields) {
  const read = ({ name, type }) => {
    const input = form.elements[name];
    if (type === "check") return input.checked;
    return type === "number" && input.value !== "" ? Number(input.value) : input.value;
  };
  return Object.fromEntries(fields.map((field) => [field.name, read(field)]));
}
