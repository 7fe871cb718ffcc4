// The clients of Node.js: fetch, axios, form-data, got and superagent, each as its documentation
// sends a file. Prints a line of JSON for each exchange: node node_clients.mjs ENDPOINT PHOTO

import { readFile } from "node:fs/promises";
import http from "node:http";
import { argv } from "node:process";

import axios from "axios";
import FormDataPackage from "form-data";
import got from "got";
import superagent from "superagent";

const isAnswer = (status) => status === 200 || status === 304;

// --- fetch, with the FormData and Blob that are built in

async function replyOfFetch(request) {
  const response = await request;
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
}

const withFetch = {
  postBody: (url, photo) => replyOfFetch(fetch(url, { method: "POST", body: photo })),
  postForm(url, photo) {
    const form = new FormData();
    form.append("image", new Blob([photo]));
    return replyOfFetch(fetch(url, { method: "POST", body: form }));
  },
  postJson(url, image) {
    const headers = { "Content-Type": "application/json" };
    return replyOfFetch(fetch(url, { method: "POST", headers, body: JSON.stringify({ image }) }));
  },
  get: (url, headers) => replyOfFetch(fetch(url, { headers })),
};

// --- axios

// Kept as text, so that answers can be compared; `proxy: false` as the server is on this machine.
const axiosOptions = { validateStatus: isAnswer, responseType: "text", proxy: false };

async function replyOfAxios(request) {
  const { status, headers, data } = await request;
  return { status, headers, text: data };
}

const withAxios = {
  postBody: (url, photo) => replyOfAxios(axios.post(url, photo, axiosOptions)),
  postForm: (url, photo) => replyOfAxios(axios.postForm(url, { image: photo }, axiosOptions)),
  postJson: (url, image) => replyOfAxios(axios.post(url, { image }, axiosOptions)),
  get: (url, headers) => replyOfAxios(axios.get(url, { ...axiosOptions, headers })),
};

// --- form-data, and Node's own http, which neither asks for gzip nor reads it

function replyOfHttp(url, options, send) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, options, async (response) => {
      const text = (await response.toArray()).join("");
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    request.on("error", reject);
    send(request);
  });
}

const withFormData = {
  postBody: (url, photo) => replyOfHttp(url, { method: "POST" }, (request) => request.end(photo)),
  postForm(url, photo) {
    const form = new FormDataPackage();
    form.append("image", photo);
    const options = { method: "POST", headers: form.getHeaders() };
    return replyOfHttp(url, options, (request) => form.pipe(request));
  },
  postJson(url, image) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" } };
    return replyOfHttp(url, options, (request) => request.end(JSON.stringify({ image })));
  },
  get: (url, headers) => replyOfHttp(url, { headers }, (request) => request.end()),
};

// --- got

async function replyOfGot(request) {
  const { statusCode, headers, body } = await request;
  return { status: statusCode, headers, text: body };
}

const withGot = {
  postBody: (url, photo) => replyOfGot(got.post(url, { body: photo })),
  postForm(url, photo) {
    const form = new FormData();
    form.set("image", new Blob([photo]));
    return replyOfGot(got.post(url, { body: form }));
  },
  postJson: (url, image) => replyOfGot(got.post(url, { json: { image } })),
  get: (url, headers) => replyOfGot(got(url, { headers })),
};

// --- superagent

async function replyOfSuperagent(request) {
  const { status, headers, text } = await request.ok((response) => isAnswer(response.status));
  return { status, headers, text };
}

const withSuperagent = {
  postBody: (url, photo) => replyOfSuperagent(superagent.post(url).send(photo)),
  postForm: (url, photo) => replyOfSuperagent(superagent.post(url).attach("image", photo)),
  postJson: (url, image) => replyOfSuperagent(superagent.post(url).send({ image })),
  get: (url, headers) => replyOfSuperagent(superagent.get(url).set(headers)),
};

// --- all of them, by each way

const clients = {
  fetch: withFetch,
  axios: withAxios,
  "form-data": withFormData,
  got: withGot,
  superagent: withSuperagent,
};

async function exchange(endpoint, client, post) {
  const posted = await post(`${endpoint}/v2/image_search`);
  const location = endpoint + posted.headers["content-location"];
  const named = await client.get(location, {});
  const unchanged = await client.get(location, { "If-None-Match": named.headers.etag });
  return {
    statuses: [posted.status, named.status, unchanged.status],
    answers: [posted.text, named.text],
    entity_tag: named.headers.etag,
  };
}

const [endpoint, file] = argv.slice(2);
const photo = await readFile(file);
const image = photo.toString("base64");

for (const [name, client] of Object.entries(clients)) {
  const ways = {
    body: (url) => client.postBody(url, photo),
    form: (url) => client.postForm(url, photo),
    json: (url) => client.postJson(url, image),
  };
  for (const [way, post] of Object.entries(ways)) {
    // A client that fails leaves the others their turn.
    const seen = await exchange(endpoint, client, post).catch((error) => ({ error: `${error}` }));
    console.log(JSON.stringify({ client: name, way, ...seen }));
  }
}
