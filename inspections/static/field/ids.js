// Ids that a phone makes without asking anybody.
export { default as newId } from "../npm/uuid/dist/v7.js";
