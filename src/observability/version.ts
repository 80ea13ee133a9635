/** Of the packages; a test holds it equal to `package.json`. No file is read for it, so that a bundler keeps it. */
export const version = '0.1.0';
