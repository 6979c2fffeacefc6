// The library's entry with this deployment's documents added to its env.
import worker from "./worker.mjs";
import * as documents from "./documents.mjs";

export default {
  fetch: (request, env, ctx) => worker.fetch(request, { ...env, ...documents }, ctx),
  scheduled: (event, env, ctx) => worker.scheduled(event, { ...env, ...documents }, ctx),
};
