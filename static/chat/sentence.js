/** Return what people read of an error. */
export const sentenceOf = (error) => error.plain?.sentence ?? error.message;
