// The page of the API's description. Nothing is kept: a token that is typed in is gone with the page.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("description");
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.address,
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: false,
    validatorUrl: null,
  });
});
