'use strict';
exports.build = 'source';
