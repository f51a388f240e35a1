// The page that shows the schema: to read; requests are made by programs, with the token of their own session.
const place = document.querySelector("#docs");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  supportedSubmitMethods: [],
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
